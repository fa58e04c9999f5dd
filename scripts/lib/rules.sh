# The rules and their simulation as a package of their own: built in seconds, without sockets, the real store and all
# that they need.

# copy_rules FOLDER: makes or renews it.
copy_rules() {
    local folder=$1 room
    mkdir -p "$folder"
    rm -rf "$folder/Sources" "$folder/Tests"
    mkdir "$folder/Sources" "$folder/Tests"
    for room in BatchProgress BatchProtocol BatchEngine BatchWorker BatchClient Coordinator; do
        cp -rp "Sources/$room" "$folder/Sources/"
    done
    cp -rp Tests/SimulationTests "$folder/Tests/"
    cp -p Tests/Mutations/Package.swift "$folder/"
}

# build_rules FOLDER OPTION…: quiet unless it fails.
build_rules() {
    local folder=$1
    shift
    swift build --package-path "$folder" --build-tests "$@" >"$folder/build.log" 2>&1 || {
        cat "$folder/build.log" >&2
        return 1
    }
}
