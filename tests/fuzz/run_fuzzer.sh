#!/bin/bash
# Runs a libFuzzer target and says in a few lines what it found: run_fuzzer.sh TARGET SECONDS FOUND CORPUS PREFIX
#
# TARGET adds new inputs to the folder FOUND, reads those of CORPUS, and writes an input that fails to PREFIX<kind>-<hash>.
# The whole output stands in PREFIX.log; libFuzzer prints thousands of lines, among which a failure would be lost.
set -uo pipefail
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
target=$1 seconds=$2 found=$3 corpus=$4 prefix=$5
name=$(basename "$target")
log=${prefix%-}.log
slowest=10   # seconds for one input
largest=2048 # MiB for the process

rm -f "$prefix"{crash,timeout,oom,leak,slow-unit}-*
mkdir -p "$found"
"$target" -max_total_time="$seconds" -max_len=4096 -timeout=$slowest -rss_limit_mb=$largest -report_slow_units=3 \
    -print_final_stats=1 -artifact_prefix="$prefix" "$found" "$corpus" >"$log" 2>&1
code=$?

stat() { sed -n "s/^stat::$1: *//p" "$log"; }
echo "$name: $(stat number_of_executed_units) inputs, the slowest took $(stat slowest_unit_time_sec) s," \
    "at most $(stat peak_rss_mb) MiB; $log"
for slow in "$prefix"slow-unit-*; do
    [ -f "$slow" ] && echo "slow, but still allowed: $slow"
done
[ $code -eq 0 ] && exit 0

echo
case $code in
    70) echo "$name FAILED: one input took more than $slowest s (wall clock; on a machine that is busy with more than" \
        "this, run it alone before looking for a cause)." ;;
    71) echo "$name FAILED: one input needed more than $largest MiB." ;;
    *) echo "$name FAILED: one input crashed it, broke a rule of the target, or leaked memory (exit code $code)." ;;
esac
for input in "$prefix"{crash,timeout,oom,leak}-*; do
    [ -f "$input" ] || continue
    echo "The input, $(wc -c <"$input") bytes in base64:"
    base64 "$input"
    echo "To see it again:  $target $input"
    echo "To keep it:       cp $input $corpus/"
done
echo "What was said:"
grep --text --extended-regexp --max-count=4 'runtime error|ERROR: |does not hold|SUMMARY' "$log"
grep --text --extended-regexp --max-count=25 '^ *#[0-9]+ 0x' "$log" | cut -c1-240
exit $code
