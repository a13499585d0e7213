#!/bin/sh
# Gives every static file a name with its content's hash and writes the list that pages read:
# assets.sh SRCDIR OUT. Fonts are made when their packages and fonttools are there; otherwise the
# style sheets lose their @font-face and pages use system fonts. Not for: serving (nginx does).
set -eu
src=$1 out=$2
rm -rf "$out.tmp"
mkdir -p "$out.tmp"
map=$out.tmp/assets
: >"$map"

# add NAME FILE: NAME.EXT becomes NAME.HASH.EXT
add() {
    hash=$(sha256sum <"$2" | cut -c1-12)
    named=${1%.*}.$hash.${1##*.}
    cp "$2" "$out.tmp/$named"
    chmod 644 "$out.tmp/$named"
    echo "$1 $named" >>"$map"
}

# font FILE FAMILY UNICODES NAME
have_fonts=yes
font() {
    if [ -f "$1" ] && /usr/bin/python3 "$src/fonts.py" "$1" "$2" "$3" "$out.tmp/font.woff2" 2>/dev/null ||
        { [ -f "$1" ] && /usr/bin/python3 "$src/fonts.py" "$1" "$2" "$3" "$out.tmp/font.woff" 2>/dev/null; }; then
        for made in "$out.tmp"/font.woff*; do
            add "$4.${made##*.}" "$made"
            rm "$made"
        done
    else
        have_fonts=no
    fi
}

font /usr/share/fonts/truetype/play/Play-Bold.ttf 'Cozy Display' 'U+0020-007E,U+00A0-017F,U+2010-2026,U+20AC,U+2212' cozy-display
font /usr/share/fonts/truetype/dseg/DSEG7Classic-Bold.ttf 'Cozy Segments' 'U+0020,U+0021,U+002D,U+002E,U+0030-003A' cozy-segments
if [ "$have_fonts" = yes ]; then
    cp "$src/fonts/LICENSE-OFL.txt" "$out.tmp/"
    for package in fonts-play fonts-dseg; do
        if [ -f "/usr/share/doc/$package/copyright" ]; then
            cp "/usr/share/doc/$package/copyright" "$out.tmp/$package.copyright.txt"
        fi
    done
    chmod 644 "$out.tmp"/*.txt
fi

# Style sheets name the fonts by their hashed names, so they come after them.
for sheet in app.css overlay.css; do
    if [ "$have_fonts" = yes ]; then
        awk 'NR == FNR { n = $1; sub(/\.[a-z0-9]*$/, "", n); to[n] = $2; next }
            /url\("cozy-/ { for (n in to) if (index($0, "\"" n ".woff2\"")) {
                sub("\"" n "\\.woff2\"", "\"" to[n] "\"")
                if (to[n] ~ /\.woff$/) sub(/format\("woff2"\)/, "format(\"woff\")") } }
            { print }' "$map" "$src/$sheet" >"$out.tmp/sheet"
    else
        sed '/^\/\* fonts \*\//,/^\/\* end of fonts \*\//d' "$src/$sheet" >"$out.tmp/sheet"
    fi
    add "$sheet" "$out.tmp/sheet"
    rm "$out.tmp/sheet"
done
for file in app.js overlay.js icon.svg; do
    add "$file" "$src/$file"
done
rm -rf "$out"
mv "$out.tmp" "$out"
