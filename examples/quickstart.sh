#!/bin/sh
# Builds what the quickstart needs and runs it: examples/quickstart.sh [directory] [--docker unix:///path | none]
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
mvn -q -f "$root/pom.xml" -pl examples -am package -Dmaven.test.skip
# Protobuf, which writes the ONNX files, still uses what newer JDKs warn of.
unsafe=--sun-misc-unsafe-memory-access=allow
"$java" "$unsafe" -version >/dev/null 2>&1 || unsafe=
exec "$java" ${unsafe:+"$unsafe"} -jar "$root/examples/target/examples.jar" "$@"
