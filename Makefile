# SPDX-License-Identifier: GPL-2.0-only
# xen-suspend: `make help` says what there is.

PYTHON := /usr/bin/python3
LAB := $(PYTHON) -m lab

.PHONY: help demo check soak static kernel kernel-baseline install uninstall bootstrap clean

help:
	@echo 'demo              save, restore, checkpoint and suspend a real guest; a table and a picture'
	@echo 'check             every test'
	@echo 'soak              the same tests with bigger counts, for a night'
	@echo 'static            only the checks of the sources'
	@echo 'kernel            build a kernel with xen-suspend; prints the image and its build folder'
	@echo 'kernel-baseline   the same of the pristine kernel'
	@echo 'install KDIR=…    put xen-suspend into a Linux 6.12 source tree'
	@echo 'uninstall KDIR=…  take it out again'
	@echo 'clean             remove out/; the cache stays'

bootstrap:
	@sh lab/bootstrap.sh

demo check soak static: bootstrap
	@$(LAB) $@

kernel: bootstrap
	@$(LAB) kernel ours

kernel-baseline: bootstrap
	@$(LAB) kernel baseline

install uninstall:
	@sh scripts/install.sh $@ '$(KDIR)'

clean:
	rm -rf out
