#!/usr/bin/python3
"""Makes a small web font under another name: fonts.py SOURCE FAMILY UNICODES OUT.

The license of the originals reserves their names, so every name record that people see is
replaced. Not for: choosing the signs; static/assets.sh does that.
"""
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

source, family, unicodes, out = sys.argv[1:]
options = subset.Options()
options.flavor = "woff2" if out.endswith(".woff2") else None
options.layout_features = ["kern", "tnum"]
options.hinting = False
options.name_IDs = [1, 2, 4, 6]
options.notdef_outline = True
font = subset.load_font(source, options)
cutter = subset.Subsetter(options)
cutter.populate(unicodes=subset.parse_unicodes(unicodes))
cutter.subset(font)
name = font["name"]
name.names = []
for number, text in ((0, "Subset under the SIL Open Font License 1.1"), (1, family), (2, "Bold"),
                     (3, family + " subset"), (4, family + " Bold"), (6, family.replace(" ", "") + "-Bold"),
                     (13, "SIL Open Font License 1.1"), (14, "https://openfontlicense.org")):
    name.setName(text, number, 3, 1, 0x409)
# The same input gives the same bytes, so that the content hash is stable.
font.recalcTimestamp = False
font["head"].modified = font["head"].created
subset.save_font(font, out, options)
