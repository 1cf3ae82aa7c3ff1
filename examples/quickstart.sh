#!/bin/sh
# Builds what the quickstart needs and runs it: examples/quickstart.sh [directory] [--docker unix:///path | none]
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
mvn -q -f "$root/pom.xml" -pl examples -am package -Dmaven.test.skip
exec java -jar "$root/examples/target/examples.jar" "$@"
