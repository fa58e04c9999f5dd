# The engine that runs containers, and compose on it; sourced, not run. Sets `engine` and `compose`.

find_engine() {
    if command -v docker >/dev/null && docker info >/dev/null 2>&1; then
        engine=docker
        compose=(docker compose)
        docker compose version >/dev/null 2>&1 || compose=(docker-compose)
        command -v "${compose[0]}" >/dev/null || no_engine "Docker is there, and neither its compose nor docker-compose"
        return
    fi
    [ "$(id -u)" -eq 0 ] || no_engine "no Docker daemon answers, and podman needs root here"
    (install_packages podman buildah runc netavark aardvark-dns iptables uidmap catatonit debootstrap docker-compose \
        golang-github-containers-common) || no_engine "no Docker daemon answers, and podman could not be installed"
    engine=podman
    compose=(docker-compose)
}

no_engine() {
    echo "$0: nothing was checked: $*" >&2
    exit 3
}

# Podman as this machine lets it be, whatever its own configuration is, and its interface for compose.
start_engine() {
    [ "$engine" = podman ] || return 0
    local kept=$PWD/.build/compose-check
    mkdir -p "$kept"
    cat >"$work/containers.conf" <<END
[containers]
# As much as may be had here: the usual limits are more than some machines allow.
default_ulimits = ["nofile=$(ulimit -Hn):$(ulimit -Hn)", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
network_config_dir = "$work/networks"
END
    cat >"$work/storage.conf" <<END
[storage]
driver = "overlay"
graphroot = "$kept/storage"
runroot = "$kept/run"
END
    export CONTAINERS_CONF=$work/containers.conf CONTAINERS_STORAGE_CONF=$work/storage.conf
    podman info >/dev/null 2>"$work/info.log" || no_engine "podman does not work here: $(tail -n 1 "$work/info.log")"
    podman system service --time=0 "unix://$work/podman.sock" >"$work/service.log" 2>&1 &
    service=$!
    export DOCKER_HOST=unix://$work/podman.sock
    until [ -S "$work/podman.sock" ]; do
        kill -0 "$service" || no_engine "podman's service does not start: $(tail -n 1 "$work/service.log")"
        sleep 0.1
    done
    # Its interface knows no ranges of ports: any free one.
    export MCP_PORTS=
    # systemd would run the health checks.
    if [ ! -d /run/systemd/system ]; then
        ask_for_health >/dev/null 2>&1 &
        asking=$!
    fi
}

ask_for_health() {
    local container
    while sleep 1; do
        for container in $(podman ps -q --filter health=starting) $(podman ps -q --filter health=unhealthy); do
            podman healthcheck run "$container" || true
        done
    done
}

stop_engine() {
    local process
    for process in ${asking:-} ${service:-}; do
        kill "$process"
        wait "$process" || true
    done
    [ "${engine:-}" != podman ] || umount -q "$PWD/.build/compose-check/storage/overlay" || true
}
