#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh SECONDS PROGRAM: a host program, and a line that names it where it hangs or dies.  The sanitizers'
# runtime shows where it was: on SIGABRT as on any other signal.
ASAN_OPTIONS=handle_abort=1${ASAN_OPTIONS:+:$ASAN_OPTIONS} timeout -s ABRT -k 10 "$1" "$2"
status=$?
name=${2##*/}
case $status in
0 | 1) ;;
124 | 137) echo "# $name: no end in $1 s" ;;
*) echo "# $name: status $status" ;;
esac
exit $status
