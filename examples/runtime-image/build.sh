#!/usr/bin/env bash
#
# Builds the image that model containers run, and puts it on a Docker Engine. No image registry and no docker command
# are needed: the image is a Java runtime linked from your JDK (jlink), the C libraries that it needs, and the jars of
# the model server, sent to the engine over its API by dev.mlops.edge.docker.RuntimeImage.
#
#   examples/runtime-image/build.sh                                  # mlops-runtime:latest on the local engine
#   DOCKER_HOST=unix:///run/user/1000/docker.sock examples/runtime-image/build.sh my-runtime:1
#
# Needs: Linux with glibc (the C libraries of the image are this machine's, so build on a machine of the device's
# architecture), a JDK 17 or later with jlink (JAVA_HOME, or the one on the PATH), Maven, and permission for the engine
# (member of the group docker, or root).
#
# The modules are built first (mvn package, tests skipped). With MLOPS_SKIP_BUILD=1 what mlops-onnx/target and
# mlops-edge/target hold already is used.

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
image=${1:-mlops-runtime:latest}
engine=${DOCKER_HOST:-unix:///var/run/docker.sock}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
server=$root/mlops-onnx/target/runtime
tool=$root/mlops-edge/target/runtime

if [[ $image == -* ]]; then
    sed -n '3,18s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 2
fi
if [[ $(uname -s) != Linux ]]; then
    echo "The image takes its C libraries from this machine, so it can be built on Linux only." >&2
    exit 1
fi

if [[ ${MLOPS_SKIP_BUILD:-0} != 1 ]]; then
    rm -rf "$server" "$tool"
    (cd "$root" && mvn -q -pl mlops-onnx,mlops-edge -am -DskipTests \
        package dependency:copy-dependencies -DincludeScope=runtime '-DoutputDirectory=${project.build.directory}/runtime')
fi

# The jar of a module and everything that it needs at run time, as a class path.
class_path() {
    local module=$1 jars
    jars=$(find "$root/$module/target" -maxdepth 1 -name "$module-*.jar" \
        ! -name '*-sources.jar' ! -name '*-javadoc.jar' ! -name '*-tests.jar')
    if [[ -z $jars || ! -d $root/$module/target/runtime ]]; then
        echo "$module is not built; run without MLOPS_SKIP_BUILD" >&2
        return 1
    fi
    { echo "$jars"; find "$root/$module/target/runtime" -name '*.jar' | sort; } | paste -sd:
}

server_path=$(class_path mlops-onnx)
tool_path=$(class_path mlops-edge)
"$java" -Dslf4j.internal.verbosity=ERROR -cp "$tool_path" dev.mlops.edge.docker.RuntimeImage \
    "$engine" "$image" dev.mlops.onnx.serving.ModelServerMain "$server_path"
