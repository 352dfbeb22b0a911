#!/bin/sh
# SPDX-License-Identifier: MIT
#
# keep_logs.sh FOLDER: a run begins, with an empty FOLDER; those of the two before are FOLDER.1 and FOLDER.2.
set -eu
rm -rf "$1.2"
[ ! -e "$1.1" ] || mv "$1.1" "$1.2"
[ ! -e "$1" ] || mv "$1" "$1.1"
mkdir -p "$1"
