#!/usr/bin/env bash
# Compares the content store with restic, borg, casync, git-lfs and rclone: whole processes, each with the fsync that it
# does by default, in turn, on the same data and disk. Needs bash 5, coreutils, findutils, a JDK, and
# benchmarks/target/benchmarks.jar (mvn -pl benchmarks -am package -Dmaven.test.skip).
set -euo pipefail
export LC_ALL=C

usage() {
  cat <<'TEXT'
usage: compare.sh [OPTIONS] DIR [SECTION...]

DIR takes the data and the stores. It must be on the disk to measure and may not be a store or a data set already.

sections (all, if none is named):
  A    100,000 files of 30 KB: publish, publish again unchanged, check out
  B    five files of 1 GB that do not compress: publish
  C    a CSV file of 2 GB, then the same with a row inserted in the middle: publish both
  T    ten versions of A, 1 % of the files changed each
  M    a million files of 1 KB: publish, diff, list
  GC   collecting 1,000 versions
  S3   publishing 2 GB to an S3 server on loopback, beside raw puts of 32 MiB; takes Maven, for the server

options:
  --scale X       makes X (up to 1, 1 by default) of the data; 0.01 is a smoke run, whose figures mean nothing
  --rounds N      measures each N times (3) and takes the median
  --tools "T..."  which of ours, restic, borg-zstd, borg-lz4, casync, git-lfs, rclone; those that are installed by default
  --warm          leaves the page cache as it is; else it is dropped before each measurement, if that is permitted
  --clean         deletes the data at the end; else it stays in DIR/data for the next run
  --java "F..."   other JVM options for ours
  --no-archive    starts ours without an archive of its classes (java -XX:ArchiveClassesAtExit)

Results are printed and kept in DIR/results.tsv: section, tool, what, value (ms, bytes or a count).
TEXT
}

die() {
  echo "compare.sh: $*" >&2
  exit 2
}

scale=1
rounds=3
cold=yes
clean=no
archive=yes
wanted=""
java_flags="-XX:+UseParallelGC -XX:TieredStopAtLevel=4 -Xshare:auto"
directory=""
sections=""
while [ $# -gt 0 ]; do
  case "$1" in
    --scale | --rounds | --tools | --java)
      [ $# -ge 2 ] || die "$1 needs a value"
      case "$1" in
        --scale) scale=$2 ;;
        --rounds) rounds=$2 ;;
        --tools) wanted=$2 ;;
        --java) java_flags=$2 ;;
      esac
      shift
      ;;
    --warm) cold=no ;;
    --clean) clean=yes ;;
    --no-archive) archive=no ;;
    -h | --help) usage && exit 0 ;;
    -*) usage >&2 && die "unknown option '$1'" ;;
    A | B | C | T | M | GC | S3) sections="$sections $1" ;;
    *)
      [ -z "$directory" ] || die "'$1' is no section; they are A, B, C, T, M, GC and S3"
      directory=$1
      ;;
  esac
  shift
done
[ -n "$directory" ] || { usage >&2 && die "say where the data may lie"; }
[[ $scale =~ ^(1|1\.0+|0?\.[0-9]{1,4})$ ]] || die "--scale '$scale' must be a number from 0.0001 to 1"
[[ $rounds =~ ^[1-9][0-9]?$ ]] || die "--rounds '$rounds' must be 1 to 99"
: "${sections:=A B C T M GC S3}"

root=$(cd "$(dirname "$0")/../.." && pwd)
jar="$root/benchmarks/target/benchmarks.jar"
mkdir -p "$directory"
directory=$(cd "$directory" && pwd)
data="$directory/data"
work="$directory/work"
results="$directory/results.tsv"
[ ! -e "$work" ] || die "$work is there: another run uses it or was killed; remove it first"
permille=$(printf '%.4f' "$scale") && permille=$((10#${permille/./} / 10))
[ "$permille" -gt 0 ] || permille=1

# What was started ends with the script, and its stores go; the data stays unless told otherwise.
running=""
end() {
  status=$?
  trap - EXIT INT TERM
  [ -z "$running" ] || kill -- "-$running" 2>/dev/null || true
  [ -z "$running" ] || wait "$running" 2>/dev/null || true
  rm -rf "$work"
  [ "$clean" = no ] || rm -rf "$data"
  exit "$status"
}
trap end EXIT
trap 'exit 130' INT TERM
set -m

# ---------------------------------------------------------------------------------------------------------- measuring

# ext4 does not use the inodes of deleted files again for half a minute, and searches past them meanwhile: who is measured just after
# many files were deleted would pay for it.
deleted=-60
delete() { # paths...
  rm -rf "$@"
  deleted=$SECONDS
}

settle() {
  local waits=$((deleted + 45 - SECONDS))
  if [ "$waits" -gt 0 ] && [ "$permille" -ge 100 ]; then sleep "$waits"; fi
  sync -f "$directory"
  if [ "$cold" = yes ]; then
    { echo 3 >/proc/sys/vm/drop_caches; } 2>/dev/null || cold=refused
  fi
}

note() { # section tool what value
  printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" >>"$results"
}

now() {
  echo $((${EPOCHREALTIME/./} / 1000))
}

quietly() { # command...
  {
    TIMEFORMAT='%3U %3S'
    time "$@" >"$work/output" 2>&1 </dev/null
  } 2>"$work/cpu" &
  running=$!
  local status=0
  wait "$running" || status=$?
  running=""
  if [ "$status" -ne 0 ]; then
    tail -n 20 "$work/output" >&2
    echo "compare.sh: this failed with $status: $*" >&2
    exit 1
  fi
}

# Notes how long a whole process took, and until all that it wrote was on the disk, whether it cared for that or not.
timed() { # section tool what command...
  local section=$1 tool=$2 what=$3
  shift 3
  settle
  local start ended flushed
  start=$(now)
  quietly "$@"
  ended=$(now)
  sync -f "$directory"
  flushed=$(now)
  note "$section" "$tool" "$what" $((ended - start))
  note "$section" "$tool" "$what+flush" $((flushed - start))
  local user system
  read -r user system <"$work/cpu"
  local busy=$((10#${user/./} + 10#${system/./}))
  note "$section" "$tool" "$what-cpu" "$busy"
  printf '  %-10s %-10s %9d ms, %9d ms until on the disk, %9d ms of processor\n' \
    "$tool" "$what" $((ended - start)) $((flushed - start)) "$busy"
}

# Local caches are not counted: the peers keep theirs in the home directory, ours lies in "cache".
stored() { # section tool what store
  local bytes
  bytes=$(find "$4" -path "$4/cache" -prune -o -type f -printf '%s\n' | sum)
  note "$1" "$2" "$3" "$bytes"
}

objects() { # section tool store
  note "$1" "$2" objects "$(find "$3" -path "$3/cache" -prune -o -type f -print | wc -l)"
}

sum() {
  local total=0 n
  while read -r n; do total=$((total + n)); done
  echo "$total"
}

median() { # section tool what; empty if it was not measured
  local values n
  values=$(while IFS=$'\t' read -r s t w v; do
    if [ "$s|$t|$w" = "$1|$2|$3" ]; then echo "$v"; fi
  done <"$results" | sort -n)
  [ -n "$values" ] || return 0
  n=$(wc -l <<<"$values")
  sed -n "$(((n + 1) / 2))p" <<<"$values"
}

hundredths() { # numerator denominator: "1.23"
  local x=$(($1 * 100 / ($2 > 0 ? $2 : 1)))
  printf '%d.%02d' $((x / 100)) $((x % 100))
}

# -------------------------------------------------------------------------------------------------------------- tools
# Each has: TOOL_init STORE, TOOL_publish STORE DATA, TOOL_checkout STORE TARGET. A data set or archive is named "data".

java_tool() {
  # shellcheck disable=SC2086 # the options are several words
  java $java_flags -cp "$jar" "$@"
}

maker() {
  java -cp "$jar" dev.mlops.benchmarks.DatasetMaker "$@"
}

tool() {
  java_tool dev.mlops.benchmarks.DatasetTool "$@"
}

ours_init() { tool init "$1"; }
ours_publish() { tool publish "$1" data "$2"; }
ours_checkout() { tool checkout "$1" data "$2"; }

# The JDK's archive of classes, which a program that runs for seconds and often is deployed with, made as a deployer would.
archive_classes() {
  mkdir "$work/few" && echo "a row" >"$work/few/row"
  quietly tool init "$work/few-store"
  java_flags="$java_flags -XX:ArchiveClassesAtExit=$work/classes.jsa" quietly tool publish "$work/few-store" data "$work/few"
  java_flags="$java_flags -XX:SharedArchiveFile=$work/classes.jsa"
  rm -rf "$work/few" "$work/few-store"
}

peer_home() {
  export HOME="$work/home" XDG_CACHE_HOME="$work/home/cache" RESTIC_PASSWORD=benchmark
  export BORG_BASE_DIR="$work/home" BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes
  export GIT_CONFIG_NOSYSTEM=1 RCLONE_CONFIG="$work/home/rclone.conf"
  export GIT_AUTHOR_NAME=benchmark GIT_AUTHOR_EMAIL=benchmark@localhost
  export GIT_COMMITTER_NAME=benchmark GIT_COMMITTER_EMAIL=benchmark@localhost
  mkdir -p "$HOME" && : >"$RCLONE_CONFIG"
}

restic_init() { restic -q -r "$1" init; }
restic_publish() { restic -q -r "$1" backup "$2"; }
restic_checkout() { restic -q -r "$1" restore latest --target "$2"; }

archives=0
borg_zstd_init() { borg init -e none "$1"; }
borg_zstd_publish() { borg create -C zstd,1 "$1::$archives" "$2"; }
borg_zstd_checkout() { mkdir "$2" && cd "$2" && borg extract "$1::$archives"; }
borg_lz4_init() { borg init -e none "$1"; }
borg_lz4_publish() { borg create -C lz4 "$1::$archives" "$2"; }
borg_lz4_checkout() { borg_zstd_checkout "$@"; }

casync_init() { mkdir "$1"; }
casync_publish() { casync make --store="$1/default.castr" "$1/data.caidx" "$2"; }
casync_checkout() { casync extract --store="$1/default.castr" "$1/data.caidx" "$2"; }

git_lfs_init() {
  git init -q --bare "$1" && git --git-dir="$1" lfs install --local --skip-repo
  git --git-dir="$1" config core.bare false && git --git-dir="$1" config gc.auto 0
  mkdir -p "$1/info" && echo '* filter=lfs diff=lfs merge=lfs -text' >"$1/info/attributes"
}
git_lfs_publish() {
  cd "$2" && git --git-dir="$1" --work-tree="$2" add -A . &&
    git --git-dir="$1" --work-tree="$2" commit -q --allow-empty -m data
}
git_lfs_checkout() { mkdir "$2" && cd "$2" && git --git-dir="$1" --work-tree="$2" checkout -q -f HEAD -- .; }

rclone_init() { mkdir "$1"; }
rclone_publish() { rclone copy "$2" "$1"; }
rclone_checkout() { rclone copy "$1" "$2"; }

program() {
  case "$1" in
    ours) echo java ;;
    borg-*) echo borg ;;
    *) echo "$1" ;;
  esac
}

call() { # what tool arguments...
  local what=$1 name=${2//-/_}
  shift 2
  "${name}_$what" "$@"
}

tools=""
for one in ${wanted:-ours restic borg-zstd borg-lz4 casync git-lfs rclone}; do
  case "$one" in
    ours | restic | borg-zstd | borg-lz4 | casync | git-lfs | rclone) ;;
    *) die "unknown tool '$one'" ;;
  esac
  if command -v "$(program "$one")" >/dev/null; then
    tools="$tools $one"
  else
    [ -z "$wanted" ] || die "$one is not installed"
    echo "not installed, left out: $one"
  fi
done

among() { # tool list...: the tools that run in a section
  local one
  for one in $tools; do
    case " $* " in *" $one "*) echo "$one" ;; esac
  done
}

# ----------------------------------------------------------------------------------------------------------- sections

need() { # section: the room in MB that it takes at full scale, data included
  case "$1" in
    A) echo 14000 ;;
    B) echo 12000 ;;
    C) echo 9000 ;;
    T) echo 26000 ;;
    M) echo 14000 ;;
    GC) echo 2000 ;;
    S3) echo 24000 ;;
  esac
}

check_room() { # section
  local free wants
  free=$(($(df --output=avail -B1M "$directory" | tail -n 1)))
  wants=$(($(need "$1") * permille / 1000 + 500))
  [ "$free" -ge "$wants" ] || die "section $1 takes up to $wants MB in $directory, where $free MB are free"
}

make_data() { # name sort
  if [ ! -e "$data/$1.$permille" ]; then
    rm -rf "${data:?}/$1" "$data/$1".*
    mkdir -p "$data"
    echo "making $1"
    quietly maker "$2" "$data/$1" "$scale"
    : >"$data/$1.$permille"
  fi
}

fresh() { # tool: an empty store in $store
  store="$work/$1"
  rm -rf "$store"
  quietly call init "$1" "$store"
}

section_A() {
  make_data A a
  for tool in $tools; do
    fresh "$tool"
    archives=1
    timed A "$tool" publish call publish "$tool" "$store" "$data/A"
    stored A "$tool" stored "$store"
    objects A "$tool" "$store"
    if [ "$tool" = ours ]; then
      quietly tool metadata "$store" data@V001
      cat "$work/output"
      note A ours metadata "$(figure metadata-bytes)"
      note A ours data "$(find "$data/A" -type f -printf '%s\n' | sum)"
    fi
    archives=2
    timed A "$tool" again call publish "$tool" "$store" "$data/A"
    timed A "$tool" checkout call checkout "$tool" "$store" "$work/out"
    same "$tool" "$data/A" "$work/out"
    delete "$work/out" "$store"
  done
}

# What a tool checks out must be what it was given; restic and borg restore below the whole path.
same() { # tool data target
  local target=$3
  case "$1" in restic | borg-*) target="$3$2" ;; esac
  diff -rq "$2" "$target" >/dev/null || die "what $1 checked out differs from what it was given"
}

section_B() {
  make_data B b
  for tool in $(among ours restic borg-zstd borg-lz4 casync rclone); do
    fresh "$tool"
    archives=1
    timed B "$tool" publish call publish "$tool" "$store" "$data/B"
    stored B "$tool" stored "$store"
    delete "$store"
  done
}

section_C() {
  make_data C c
  make_data C2 c-inserted
  for tool in $(among ours restic borg-zstd borg-lz4 casync); do
    fresh "$tool"
    # One path for both, as if the file had been edited in place.
    mkdir -p "$work/table" && ln -f "$data/C/table.csv" "$work/table/table.csv"
    archives=1
    timed C "$tool" publish call publish "$tool" "$store" "$work/table"
    stored C "$tool" stored "$store"
    ln -f "$data/C2/table.csv" "$work/table/table.csv"
    archives=2
    timed C "$tool" inserted call publish "$tool" "$store" "$work/table"
    stored C "$tool" stored-both "$store"
    delete "$store" "$work/table"
  done
}

section_T() {
  make_data A a
  rm -rf "$work/versions" && mkdir "$work/versions"
  quietly cp -r "$data/A" "$work/versions/A"
  local chosen version
  chosen=$(among ours restic borg-zstd casync)
  for tool in $chosen; do fresh "$tool"; done
  for version in 1 2 3 4 5 6 7 8 9 10; do
    [ "$version" -eq 1 ] || quietly maker change "$work/versions/A" "$version" 100
    archives=$version
    for tool in $chosen; do
      store="$work/$tool"
      timed T "$tool" "publish-$((version > 1 ? 2 : 1))" call publish "$tool" "$store" "$work/versions/A"
      [ "$version" -ne 1 ] || stored T "$tool" stored-first "$store"
      [ "$version" -ne 10 ] || stored T "$tool" stored-all "$store"
    done
  done
  delete "$work/versions"
  for tool in $chosen; do delete "${work:?}/$tool"; done
}

section_M() {
  make_data M m
  local usual=$java_flags
  for tool in $(among ours restic borg-zstd); do
    fresh "$tool"
    archives=1
    java_flags="$usual -Xmx512m"
    timed M "$tool" publish call publish "$tool" "$store" "$data/M"
    stored M "$tool" stored "$store"
    objects M "$tool" "$store"
    if [ "$tool" = ours ]; then
      rm -rf "$work/versions" && mkdir "$work/versions"
      cp -rl "$data/M" "$work/versions/M"
      local number
      for number in 0 1 2 3 4 5 6 7 8 9; do
        replace "$work/versions/M/0000" "$number"
      done
      quietly call publish ours "$store" "$work/versions/M"
      quietly tool diff "$store" data@V001 data@V002
      cat "$work/output"
      note M ours diff-us "$(figure warm-us)"
      [ "$(figure changed)" = 10 ] || die "the diff of two versions that differ in ten files says: $(cat "$work/output")"
      quietly tool list "$store" data@V001 0000/
      cat "$work/output"
      note M ours list-us "$(figure warm-us)"
      delete "$work/versions"
    fi
    java_flags=$usual
    delete "$store"
  done
}

replace() { # folder number: a link to the data's file becomes another file
  local file
  file=$(find "$1" -type f | sort | sed -n "$(($2 + 1))p")
  rm "$file" && echo "changed $2" >"$file"
}

figure() { # the number that the last output has after "name="
  sed -n "s/.*[ (]$1=\([0-9]*\).*/\1/p" "$work/output" | tail -n 1
}

section_GC() {
  [ -n "$(among ours)" ] || return 0
  fresh ours
  local versions=$((1000 * permille / 1000))
  quietly tool grow "$store" data "$((versions > 1 ? versions : 2))"
  quietly tool forget "$store" data
  timed GC ours collect tool gc "$store"
  cat "$work/output"
  delete "$store"
}

section_S3() {
  [ -n "$(among ours)" ] || return 0
  settle
  quietly mvn -B -f "$root/pom.xml" test -pl benchmarks -am -Dspotless.check.skip -Dtest=S3ThroughputTest \
    -Dsurefire.failIfNoSpecifiedTests=false -Dbenchmark.megabytes=$((2 * permille)) -Dbenchmark.rounds="$rounds"
  grep -o 'medians: .*' "$work/output"
  note S3 ours percent "$(figure percent)"
}

# ------------------------------------------------------------------------------------------------------------- report

table() { # section what...
  local section=$1 tool what value mine
  shift
  printf '\n%-10s' "$section"
  for what in "$@"; do printf ' %22s' "$what"; done
  printf '\n'
  for tool in $tools; do
    [ -n "$(median "$section" "$tool" "$1")" ] || continue
    printf '%-10s' "$tool"
    for what in "$@"; do
      value=$(median "$section" "$tool" "$what")
      mine=$(median "$section" ours "$what")
      printf ' %12s' "${value:--}"
      if [ -n "$value" ] && [ -n "$mine" ]; then
        printf ' (%6s)' "$(hundredths "$value" "$mine")"
      else
        printf '         '
      fi
    done
    printf '\n'
  done
}

# reached LABEL NUMERATOR DENOMINATOR at-least|at-most HUNDREDTHS
reached() {
  if [ -z "$2" ] || [ -z "$3" ]; then return 0; fi
  local ratio=$(($2 * 100 / ($3 > 0 ? $3 : 1))) verdict=missed
  if [ "$4" = at-least ] && [ "$ratio" -ge "$5" ]; then verdict=reached; fi
  if [ "$4" = at-most ] && [ "$2" -le "$(($3 * $5 / 100))" ]; then verdict=reached; fi
  printf '%-8s %-58s %s (wanted %s %s)\n' "$verdict" "$1" "$(hundredths "$2" "$3")" "${4/-/ }" "$(hundredths "$5" 100)"
}

faster() { # section what tool hundredths
  reached "$1 $2: times the speed of $3" "$(median "$1" "$3" "$2")" "$(median "$1" ours "$2")" at-least "$4"
}

hundredth() { # number, or nothing
  [ -z "$1" ] || echo $(($1 / 100))
}

difference() { # section tool what less
  local all first
  all=$(median "$1" "$2" "$3")
  first=$(median "$1" "$2" "$4")
  [ -z "$all" ] || echo $((all - first))
}

report() {
  echo
  echo "medians of $rounds, times in ms, sizes in bytes, (times ours)"
  table A publish again checkout stored objects
  table A publish+flush publish-cpu again-cpu checkout+flush checkout-cpu
  table B publish publish+flush publish-cpu stored
  table C publish inserted stored stored-both
  table T publish-1 publish-2 stored-first stored-all
  table M publish stored objects
  table GC collect
  echo
  faster A publish restic 200
  faster A publish borg-zstd 300
  faster A publish borg-lz4 300
  faster A publish git-lfs 800
  faster A publish rclone 100
  faster A publish+flush rclone 100
  faster A again restic 200
  faster A again borg-zstd 200
  faster A again borg-lz4 200
  faster A checkout restic 200
  for tool in restic borg-zstd borg-lz4 casync git-lfs rclone; do
    reached "A stored: part of $tool" "$(median A ours stored)" "$(median A "$tool" stored)" at-most 100
  done
  reached "A metadata: part of 1 % of the data" \
    "$(median A ours metadata)" "$(hundredth "$(median A ours data)")" at-most 100
  faster B publish restic 150
  faster B publish borg-zstd 200
  faster B publish borg-lz4 200
  reached "C stored: part of borg-zstd" "$(median C ours stored)" "$(median C borg-zstd stored)" at-most 105
  reached "C inserted: new bytes, part of restic's" \
    "$(difference C ours stored-both stored)" "$(difference C restic stored-both stored)" at-most 40
  reached "T stored: ten versions, times the first" "$(median T ours stored-all)" "$(median T ours stored-first)" at-most 115
  reached "M objects, part of 1,300" "$(median M ours objects)" 1300 at-most 100
  reached "M diff of ten files, part of 100 ms" "$(median M ours diff-us)" 100000 at-most 100
  reached "M list of a prefix, part of 20 ms" "$(median M ours list-us)" 20000 at-most 100
  reached "S3: percent of raw puts, part of 70" "$(median S3 ours percent)" 70 at-least 100
  reached "GC of 1,000 versions, part of 5 s" "$(median GC ours collect)" 5000 at-most 100
}

# --------------------------------------------------------------------------------------------------------------- main

for section in $sections; do check_room "$section"; done
[ -e "$jar" ] || die "$jar is missing: mvn -pl benchmarks -am package"
mkdir "$work"
: >"$results"
peer_home
for one in $tools; do
  case "$one" in
    ours) java -version 2>&1 | head -n 1 ;;
    restic) restic version ;;
    borg-zstd) borg --version ;;
    casync) casync --version ;;
    git-lfs) git lfs version ;;
    rclone) rclone version | head -n 1 ;;
  esac
done
[ "$archive" = no ] || [ -z "$(among ours)" ] || archive_classes
for round in $(seq "$rounds"); do
  for section in $sections; do
    echo "round $round, $section"
    check_room "$section"
    "section_$section"
  done
done
if [ "$cold" = refused ]; then echo "the page cache could not be dropped (that takes root): reads were warm"; fi
report
