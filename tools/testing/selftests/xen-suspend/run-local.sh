#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What a guest can find out by itself, with nobody on the host to help.  The
# programs that watch over a suspend need someone who triggers one: see README.

KSFT_SKIP=4
cd "$(dirname "$0")" || exit 1

echo 'TAP version 13'
if ! [ -e /dev/xen/xenbus ] && ! [ -e /proc/xen/xenbus ]; then
	echo '1..0 # SKIP no xenstore: not a Xen guest'
	exit $KSFT_SKIP
fi

before=$(mktemp) || exit 1
trap 'rm -f "$before"' EXIT
number=0
failed=0

# run NAME PROGRAM [ARGUMENT]...: the program's own KTAP is a subtest.
run()
{
	name=$1
	shift
	number=$((number + 1))
	output=$("$@" 2>&1)
	code=$?
	echo "$output" | sed 's/^/    /; s/^    TAP version/    KTAP version/'
	case $code in
	0) echo "ok $number - $name" ;;
	"$KSFT_SKIP") echo "ok $number - $name # SKIP" ;;
	*) failed=1; echo "not ok $number - $name" ;;
	esac
}

echo '1..4'
./objects show > "$before"
run 'objects stay as they are' ./objects compare "$before"
run 'all CPUs work' ./vcpus --seconds 1
run 'an unknown word is left alone' ./request --no-ack 2 unknown-to-kselftest
run 'an overlong word is left alone' ./request --no-ack 2 --length 1000
exit $failed
