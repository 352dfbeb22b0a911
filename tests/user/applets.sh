# SPDX-License-Identifier: MIT
# Debian's busybox at work: what its applets print is the same on each kernel that runs them.
#
# ash's own things first (pipes, functions, traps, jobs), then applets by what they are for.
# Nothing printed is a time, a process's number or the size of a machine.

mkdir -p /tmp/applets && cd /tmp/applets || exit 1
export TZ=UTC0

part()
{
	echo "--- $*"
}

# ---------------------------------------------------------------- the shell itself

part functions, loops, arithmetic
triangle() { local n=$1 sum=0; while [ $n -gt 0 ]; do sum=$((sum + n)); n=$((n - 1)); done; echo $sum; }
triangle 100
for word in one two three; do case $word in t*) echo $word;; *) echo no;; esac; done
x=terrier; echo ${x%er} ${x#te} ${#x} ${y:-none} $((0x10 << 4)) $((7 % 3 ** 1))
part here documents, command substitution
cat <<END
$(echo inside $(echo twice)) and `echo back`
END
part redirections
{ echo out; echo err >&2; } 2>both.txt >out.txt; cat out.txt both.txt
exec 5>five; echo to five >&5; exec 5>&-; cat five
(echo a; echo b) | while read line; do echo "<$line>"; done
set -C; echo x > five 2>/dev/null || echo not overwritten; set +C
part pipes
seq 10000 | cat | cat | tail -n 1
yes | head -n 3
part jobs
sleep 0.2 & wait $!; echo "waited $?"
(exit 7) & wait $!; echo "waited $?"
sleep 100 & { kill $!; wait $!; } 2>/dev/null; echo "killed $?" # it may be said, or not
sh -c 'kill -SEGV $$'; echo "segv $?"
sh -c 'kill -STOP $$' & sleep 0.2; kill -CONT $!; wait $!; echo "continued $?"
part traps
sh -c 'trap "echo trapped" USR1; kill -USR1 $$; trap "echo leaving" EXIT; exit 3'; echo $?
sh -c 'trap "" TERM; kill -TERM $$; echo still here'
part not there
/no/such/program; echo $?
./out.txt; echo $?
part umask, ulimit
umask 027; touch masked; umask 022; stat -c %a masked
ulimit -n 20; ulimit -n
sh -c 'ulimit -v 1000; true' 2>/dev/null; echo "out of room $?"

# ---------------------------------------------------------------- text

cat > poem <<'END'
The hound goes to earth,
a fox is before it;
under the hill
there are many doors,
and a fox knows all.
END
part wc; wc poem; wc -l < poem
part head, tail; head -n 2 poem; tail -n 2 poem; head -c 9 poem; echo; tail -c 5 poem
part sort; sort poem; sort -r poem | head -n 1; printf '10\n9\n2\n' | sort -n; printf 'b 2\na 3\n' | sort -k 2
part uniq; printf 'a\na\nb\na\n' | uniq -c
part cut, paste; cut -d ' ' -f 2 poem; cut -c 1-3 poem | paste -s -d, -
part tr; tr a-z A-Z < poem | tr -d ',;.'; echo aabbcc | tr -s abc
part grep; grep -n fox poem; grep -c fox poem; grep -v -i 'the' poem; grep -o 'f.x' poem; egrep 'hill|doors' poem; fgrep . poem
part sed; sed -n 's/fox/badger/p' poem; sed '2,4d;s/[aeiou]/_/g' poem; sed -i '$d' poem; sed -n '$=' poem
part awk; awk '{ n += NF } /fox/ { print NR ": " $0 } END { print n, sqrt(2), substr("terrier", 3) }' poem
awk 'BEGIN { for (i = 0; i < 5; i++) a[i] = i * i; for (i = 4; i >= 0; i--) printf "%d ", a[i]; print "" }'
part fold, expand; fold -w 10 poem | head -n 3; printf 'a\tb\n' | expand -t 4; printf '        x\n' | unexpand -a | od -c
part nl, rev, tac; nl poem; rev poem; tac poem
part tee; echo twice | tee copy; cat copy
part od, hexdump, xxd; printf 'terrier\0\1\377' > bytes; od -A x -t x1 bytes; hexdump -C bytes; xxd bytes; xxd bytes | xxd -r | cmp - bytes && echo same
part strings, crc32; strings bytes; crc32 bytes
part diff, cmp, patch; sed 's/fox/hare/' poem > other; diff -u poem other | tail -n +3; cmp poem other; cp poem third; diff poem other | patch third >/dev/null; cmp third other && echo patched
part printf, echo; printf '%5d|%-5s|%x|%o|%c|%.3f\n' 42 ab 255 8 z 3.14159; echo -e 'a\tb\\'; echo -n x; echo
part sums; md5sum poem; sha1sum poem; sha256sum poem; sha512sum poem | cut -c 1-20; sha3sum poem | cut -c 1-20; md5sum poem > list; md5sum -c list
part base64, uuencode; base64 poem | head -n 1; base64 poem | base64 -d | cmp - poem && echo same; uuencode poem poem | uudecode -o - | cmp - poem && echo same
part dos2unix; unix2dos < poem | wc -c; unix2dos < poem | dos2unix | cmp - poem && echo same
part ed; printf '1p\n2s/fox/cat/p\nw edited\nq\n' | ed poem; cat edited | head -n 2
part xargs; seq 6 | xargs -n 2 echo; echo a b | xargs -I{} echo '[{}]'

# ---------------------------------------------------------------- arithmetic and dates

part seq, expr, factor; seq -s ' ' 1 3 10; seq -w 8 11; expr 6 \* 7; expr terrier : 'te\(.*\)'; factor 1234567890 97
part bc, dc; echo 'scale=20; 4*a(1); 2^100' | bc -l; echo '2 64 ^ p 16 o p' | dc
part date, cal; date -d @1000000000 '+%F %T %j %a'; date -u -d '2024-02-29 12:00' +%s; cal 2 2024
part test; test 3 -lt 5 && test -f poem && ! test -d poem && echo right; [ a = a ] && [[ abc = abc ]] && echo right
part getopt; getopt -o ab: -l long -- -a -b x --long y

# ---------------------------------------------------------------- files

part mkdir, ls; mkdir -p d/e/f; touch d/one d/two; ln -s one d/link; ls d; ls -A d | wc -l; ls -F d
ls -l d | tail -n +2 | awk '{ print $1, $2, $3, $5 }'
part cp, mv, rm; cp -r d copy2; diff -r d copy2 && echo same; mv copy2 moved; ls -R moved; rm -r moved; ls moved
part ln, readlink, realpath; ln poem hard; stat -c '%h %s %F' hard; readlink d/link; realpath d/../d/link; ln poem hard
part chmod, chown, stat; chmod 4751 hard; stat -c '%a %A %u:%g' hard; chmod u=rw,go-rwx hard; stat -c %A poem; chown 12:34 hard; stat -c %u:%g hard; chgrp 56 hard; stat -c %g hard
part touch; touch -d '2001-02-03 04:05:06' old; stat -c %y old; date -r old +%s; [ poem -nt old ] && echo newer
part find; find d | sort; find d -type l; find d -name 'o*' -exec echo found {} \;; find . -maxdepth 1 -newer old -name hard; find d -empty | sort
part dd; dd if=/dev/zero of=zeroes bs=1k count=5 2>&1 | grep -v copied; dd if=poem bs=1 skip=4 count=5 2>/dev/null; echo; dd if=poem of=zeroes conv=notrunc 2>/dev/null; stat -c %s zeroes
part truncate, fallocate; truncate -s 10000 hole; stat -c '%s' hole; du -k hole; fallocate -l 8192 full; du -k full; truncate -s -8000 full; stat -c %s full
part shred, unlink; shred -u full; unlink hole; ls full hole
part mktemp; name=$(mktemp); stat -c %a $name; name=$(mktemp -d x.XXXXXX); stat -c %a $name; rmdir x.*
part basename, dirname; basename /a/b.c .c; dirname /a/b.c; which sh
part mkfifo, mknod; mkfifo pipe; echo through > pipe & cat pipe; wait; mknod null c 1 3; echo lost > null; stat -c '%F %t:%T' null
part sync; sync; sync poem; echo $?
part split by hand; tail -c +5 poem | head -c 3; echo
part df, mount; mkdir m; mount -t tmpfs none m; echo in > m/file; cat m/file; mount | grep -c ' on /tmp/applets/m type tmpfs'; umount m; ls m; rmdir m m/x; mkdir m
part chroot; mkdir -p root/bin; cp /bin/busybox root/bin; chroot root /bin/busybox ls /; chroot root /bin/busybox sh -c 'echo $(busybox pwd)' 2>&1
part mkdosfs; truncate -s 1M disk; mkdosfs disk; dd if=disk bs=1 skip=82 count=5 2>/dev/null; echo
part blockdev; blockdev --getsz /dev/vda; blockdev --getss /dev/vda; blockdev --getro /dev/vda; blockdev --getsize64 /dev/vda
part fdisk; truncate -s 8M big; printf 'o\nn\np\n1\n\n\nw\n' | fdisk big >/dev/null 2>&1; fdisk -l big | tail -n 1

# ---------------------------------------------------------------- archives

part tar; tar -cf d.tar d; tar -tf d.tar | sort; mkdir t; tar -xf d.tar -C t; diff -r d t/d && echo same
part gzip; gzip -c poem > poem.gz; zcat poem.gz | cmp - poem && echo same; gunzip -t poem.gz && echo good; tar -czf d.tgz d; tar -tzf d.tgz | wc -l
part bzip2; seq 20000 > numbers; bzip2 -k numbers; stat -c %s numbers.bz2; bzcat numbers.bz2 | cmp - numbers && echo same; bunzip2 -c numbers.bz2 | md5sum
part lzop; lzop -c numbers > numbers.lzo; lzop -dc numbers.lzo | cmp - numbers && echo same
part cpio; find d | sort | cpio -o -H newc 2>/dev/null > d.cpio; mkdir c; (cd c; cpio -i 2>/dev/null < ../d.cpio); diff -r d c/d && echo same
part ar; printf '!<arch>\n%-16s%-12s%-6s%-6s%-8s%-10s`\nbody' name 0 0 0 100644 4 > lib.a; ar -t lib.a; ar -p lib.a; echo

# ---------------------------------------------------------------- processes and the system

part env; env -i A=1 B=2 env; A=3 sh -c 'echo $A'
part renice; renice -n 3 -p $$; ps -o nice,args | grep "applets.s[h]" | head -n 1; renice -n -3 -p $$
part timeout; timeout 0.2 sleep 5; echo $?; timeout 5 true; echo $?; timeout -s KILL 0.2 sleep 5; echo $?
part setsid, taskset; setsid sh -c 'echo led'; taskset 1 echo on one
part ps, pidof; sleep 50 & until pidof sleep > /dev/null; do :; done; until a=$(ps -o args | grep '^sleep'); do :; done; echo "$a"; pidof sleep | wc -w; killall sleep; wait; pidof sleep
part who am I; whoami; id -u; id -g; hostname; uname -s; uname -m; stty -a | tail -n 2
part nproc, hostid; nproc; hostid; linux64 uname -m; linux32 uname -m; arch
part sysctl; sysctl -n kernel.ostype; sysctl -n kernel.pid_max
part run-parts, start-stop-daemon; mkdir parts; printf '#!/bin/sh\necho part $1\n' > parts/a; cp parts/a parts/b; chmod +x parts/*; run-parts -a x parts
start-stop-daemon -S -b -m -p pid -x /bin/sleep -- 60; sleep 0.2; start-stop-daemon -K -p pid >/dev/null && echo stopped
part script of scripts; cat > s1 <<'END'
#!/bin/sh
echo s1 $# "$@"
[ $# -gt 4 ] || exec $0 more "$@"
END
chmod +x s1; ./s1 'a b'
part awk as a program; printf '#!/bin/awk -f\n{ print $2 }\n' > s2; chmod +x s2; ./s2 poem
part top of it; du -s d >/dev/null; free >/dev/null; uptime >/dev/null; dmesg >/dev/null; ps >/dev/null; df >/dev/null; top -b -n 1 >/dev/null; echo $?
part usleep, watch; usleep 1000; echo $?; time true 2>&1 | wc -l
part ipcalc; ipcalc -n 10.1.2.3/16
cd /; rm -r /tmp/applets; ls /tmp/applets
