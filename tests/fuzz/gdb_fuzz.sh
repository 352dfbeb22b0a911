#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Fuzz the parser of gdb's packets: gdb_fuzz.sh [RUNS] [CORPUS], from the top folder.  The corpus
# (build/fuzz/gdb) starts with a packet of each kind; findings stay in build/fuzz.  An input costs its
# length: nine of ten are short, and then one is as long as the longest packet.
set -eu
runs=${1:-10000000}
corpus=${2:-build/fuzz/gdb}
mkdir -p "$corpus" build/fuzz/object

n=0
while read -r packet; do
	printf '0%s' "$packet" >"$corpus/seed-$n"
	n=$((n + 1))
done <<'END'
qSupported:swbreak+;hwbreak+
QStartNoAckMode
qXfer:features:read:target.xml:0,ffb
qXfer:threads:read::0,fff
qXfer:memory-map:read::0,fff
qXfer:exec-file:read:1:0,fff
qXfer:auxv:read::0,1000
vCont?
vCont;s:1;c
vCont;r1000,1010:1;c:-1
vCont;C0b:1;c
vKill;1
Hg7
Hc-1
T1
?
g
p10
P10=0000000000000000
m1000,10
x1000,0
x1000,40
M1010,4:00ff00ff
X1010,2:}a
Z0,1000,1
z0,1000,1
Z2,1010,8
qC
qfThreadInfo
qsThreadInfo
qThreadExtraInfo,7
qRcmd,68656c70
qAttached:1
qSymbol::
c
s
S05
D
k
END
printf '1+$g#67-$m1000,10#xx\003$?#3f' >"$corpus/seed-line"

flags="-std=gnu11 -g -O2 -I. -ffreestanding -fno-strict-aliasing -include tests/host/rename.h
	-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all"
objects=
for source in kernel/gdb/packet.c kernel/gdb/registers.c kernel/gdb/server.c kernel/gdb/query.c \
	kernel/gdb/resume.c kernel/lib/string.c kernel/lib/vsprintf.c kernel/lib/errno.c kernel/core/sink.c \
	tests/fuzz/gdb_target.c tests/fuzz/gdb_fuzz.c; do
	object=build/fuzz/object/gdb-$(basename "$source" .c).o
	clang $flags -c -o "$object" "$source"
	objects="$objects $object"
done
clang -fsanitize=fuzzer,address,undefined -o build/fuzz/gdb_fuzz $objects

fuzz() { # RUNS LENGTH
	build/fuzz/gdb_fuzz -artifact_prefix=build/fuzz/ -runs="$1" -timeout=20 -max_len="$2" \
		-print_final_stats=1 "$corpus"
}
fuzz $((runs - runs / 10)) 512
fuzz $((runs / 10)) 4096
