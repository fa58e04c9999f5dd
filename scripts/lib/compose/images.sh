# Base images, made here where no registry can be reached; sourced, not run. They bear the public ones' names, in a
# storage of the check's own, where nobody else takes them for those.

# What is installed in the public debian:bookworm-slim and what isn't (documentation, translations).
make_debian() {
    local root=$work/debian
    as_needed debootstrap --variant=minbase bookworm "$root" >"$work/debootstrap.log" ||
        fail "no Debian could be made: $work/debootstrap.log"
    cat >"$root/etc/dpkg/dpkg.cfg.d/docker" <<'END'
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/man/*
END
    find "$root/usr/share/doc" -type f ! -name copyright -delete
    rm -rf "$root"/usr/share/{info,locale,man}/* "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/*
    tar -C "$root" -c . | podman import -q -c 'CMD ["bash"]' - docker.io/library/debian:bookworm-slim >/dev/null
    rm -rf "$root"
}
