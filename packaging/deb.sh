#!/usr/bin/env bash
# Builds the Debian package from the release tarball alone, so that an incomplete tarball cannot
# hide. Not for: choosing what is installed (Makefile.am, debian/rules).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

help() {
    cat <<'END'
deb.sh [OPTION…]       builds cozykart_VERSION_ARCHITECTURE.deb and checks it with lintian
  --out DIR            where it goes (default: the present folder)
  --tarball FILE       the tarball of `make dist` (default: one is made of this checkout)
  --work DIR           where to build, an empty or new folder that stays (default: one in TMPDIR that goes)
  --version VERSION    another version than configure.ac names (tests of upgrades)
  --no-tests           the package's own tests are left out
  --no-lintian         lintian is left out
END
}

fail() {
    echo "deb.sh: $*" >&2
    exit 1
}

out=$PWD tarball= work= version= tests=yes lintian=yes
while [[ $# -gt 0 ]]; do
    case $1 in
    --out | --tarball | --work | --version)
        [[ $# -gt 1 ]] || fail "$1 needs a value"
        case $1 in --out) out=$2 ;; --tarball) tarball=$2 ;; --work) work=$2 ;; --version) version=$2 ;; esac
        shift
        ;;
    --no-tests) tests= ;;
    --no-lintian) lintian= ;;
    -h | --help) help && exit ;;
    *) fail "unknown option $1 (deb.sh --help)" ;;
    esac
    shift
done
[[ -z $version || $version =~ ^[0-9][0-9A-Za-z.+~]*$ ]] || fail "--version: $version is not a version"
for tool in dpkg-buildpackage dh ${lintian:+lintian}; do
    command -v "$tool" >/dev/null || fail "$tool is missing; as root run: apt-get install dpkg-dev debhelper ${lintian:+lintian}"
done

# What we write must not depend on who builds.
umask 022
# Flags of a surrounding make are not for the makes in here.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GNUMAKEFLAGS DESTDIR
mkdir -p "$out"
out=$(realpath -- "$out")
[[ -z $tarball ]] || tarball=$(realpath -- "$tarball")
if [[ -n $work ]]; then
    mkdir -p "$work"
    [[ -z $(ls -A "$work") ]] || fail "--work: $work is not empty"
    work=$(realpath -- "$work")
else
    work=$(mktemp -d "${TMPDIR:-/tmp}/cozykart-deb.XXXXXX")
    trap 'rm -rf "$work"' EXIT
fi

if [[ -z $tarball ]]; then
    echo "making the tarball"
    mkdir "$work/dist"
    (cd "$here" && find . \( -name .git -o -name autom4te.cache -o -path './build*' ! -path './build-aux' \) -prune -o \
        \( -type f -o -type l \) -print0 | tar cf - --null --no-recursion -T -) | tar xf - -C "$work/dist"
    (cd "$work/dist" && { [[ -x configure && -d build-aux ]] || autoreconf -i; } && ./configure --quiet && make -s dist) >"$work/dist.log" 2>&1 ||
        { tail -n 20 "$work/dist.log" >&2; fail "the tarball could not be made"; }
    tarball=$(echo "$work"/dist/cozykart-*.tar.xz)
fi
[[ -f $tarball ]] || fail "there is no tarball $tarball"

mkdir "$work/unpacked"
tar xf "$tarball" -C "$work/unpacked" --no-same-owner
tree=$(echo "$work"/unpacked/*)
[[ -d $tree/packaging/debian ]] || fail "$tarball holds no packaging/debian"
cp -R "$tree/packaging/debian" "$tree/debian"

# One version for all: configure.ac names it, the changelog repeats it.
named=$(sed -n 's/^AC_INIT(\[cozykart\], \[\(.*\)\])$/\1/p' "$tree/configure.ac")
logged=$(dpkg-parsechangelog -l "$tree/debian/changelog" -S Version)
[[ $named == "$logged" ]] ||
    fail "configure.ac says version $named, packaging/debian/changelog says $logged; they must be the same"
stamp=$(dpkg-parsechangelog -l "$tree/debian/changelog" -S Timestamp)
if [[ -n $version && $version != "$named" ]]; then
    sed -i "s/^AC_INIT(\[cozykart\], .*/AC_INIT([cozykart], [$version])/" "$tree/configure.ac"
    {
        printf 'cozykart (%s) bookworm; urgency=medium\n\n  * Built under another version.\n\n' "$version"
        printf ' -- Cozy-Kart <package@cozykart.example>  %s\n\n' "$(LC_ALL=C TZ=UTC date -d "@$stamp" '+%a, %d %b %Y %T +0000')"
        cat "$tree/packaging/debian/changelog"
    } >"$tree/debian/changelog"
fi
# Files that are only copied keep their time; it must not tell when the tarball was made.
find "$tree" -exec touch -h -d "@$stamp" {} +

export SOURCE_DATE_EPOCH=$stamp
export DEB_BUILD_OPTIONS="noautodbgsym${DEB_BUILD_OPTIONS:+ $DEB_BUILD_OPTIONS}"
[[ -n $tests ]] || DEB_BUILD_OPTIONS+=" nocheck"
[[ $DEB_BUILD_OPTIONS == *parallel=* ]] || DEB_BUILD_OPTIONS+=" parallel=$(nproc)"
echo "building cozykart ${version:-$named} (log: $work/build.log)"
(cd "$tree" && dpkg-buildpackage --build=binary --no-sign) >"$work/build.log" 2>&1 </dev/null || {
    # What a test said stands in the middle of the log.
    grep -E '^(FAIL|ERROR): ' "$work/build.log" >&2 || true
    tail -n 30 "$work/build.log" >&2
    trap - EXIT
    fail "the build failed (whole output: $work/build.log)"
}
if [[ -n $lintian ]]; then
    echo "asking lintian"
    lintian --fail-on error,warning --allow-root --suppress-tags bad-distribution-in-changes-file \
        "$work"/unpacked/*.changes || fail "lintian is not content"
fi
for made in "$work"/unpacked/*.deb "$work"/unpacked/*.buildinfo "$work"/unpacked/*.changes; do
    cp "$made" "$out/"
done
sha256sum "$out"/cozykart_"${version:-$named}"_*.deb
