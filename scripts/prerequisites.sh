# Sourced by ./kinora and ./test: what a fresh machine needs. Messages go to stderr.

say() { printf '%s\n' "$*" >&2; }

require_dotnet() {
    if ! command -v dotnet >/dev/null 2>&1; then
        say "Kinora needs the .NET 10 SDK, and there is no 'dotnet' on the PATH. Install it: https://dotnet.microsoft.com/download/dotnet/10.0"
        exit 3
    fi
}

# Installs Debian packages when we may. Returns 1 if they are still missing.
install_packages() {
    local run=()
    if command -v apt-get >/dev/null 2>&1; then
        if [ "$(id -u)" = 0 ]; then
            run=(env)
        elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
            run=(sudo -n env)
        fi
    fi
    if [ ${#run[@]} -gt 0 ]; then
        say "Installing: $*"
        if "${run[@]}" DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null 2>&1 </dev/null \
            && "${run[@]}" DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 </dev/null; then
            return 0
        fi
        say "The installation of $* failed."
    fi
    return 1
}

provide_ffmpeg() {
    if command -v ffmpeg >/dev/null 2>&1 && command -v ffprobe >/dev/null 2>&1; then
        return 0
    fi
    install_packages ffmpeg
}
