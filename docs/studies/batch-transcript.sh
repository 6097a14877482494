#!/usr/bin/env bash
# A tree of mixed formats tagged, killed in the middle, resumed, checked, detected from attacked copies, reported:
# prints docs/studies/batch-transcript.md. Needs the pictures beside the checkout, ImageMagick, ffmpeg,
# Chromium and pdfinfo. `LOOK=DIR` keeps the report there, to be looked at.
#
#   cargo build --release -p watermark-cli
#   docs/studies/batch-transcript.sh ../shared/images > docs/studies/batch-transcript.md
set -euo pipefail
images=$(realpath "$1")
root=$(realpath "$(dirname "$0")/../..")
commit=$(git -C "$root" rev-parse --short=12 HEAD)
export PATH="$root/target/release:$PATH"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# A command as it is typed, and what it prints on both streams.
typed() {
    printf '$ %s\n' "$*"
    local code=0
    bash -c "$*" 2>&1 || code=$?
    [ "$code" = 0 ] || printf '(exit code %s)\n' "$code"
}

mkdir -p finals/{stills,art,film,anim} found
cp "$images"/photo/kodim0[1-6].png "$images"/photo/{astronaut.png,dragonfly_13mp.jpg,wine_10mp.jpg} finals/stills
cp "$images"/art/{tuxemon_city_tiles,wesnoth_titlescreen,supertux_nighthills,sita_cel,thequestion_sylvie}.png \
    "$images"/art/wesnoth_castle.jpg "$images"/art/peppercarrot_ep01_p0*.webp finals/art
cp "$images"/graphics/{rgb16.tiff,half_float.exr,cmyk.jpg,palette_gradient.png,exif_orientation_6.jpg} finals/film
cp "$images"/graphics/{party.gif,apng_ball.png} finals/anim
/usr/bin/convert "$images"/art/wesnoth_titlescreen.png -resize 800x \( -clone 0 -negate \) -compress LZW finals/film/pages.tif
ffmpeg -v error -i "$images"/photo/kodim04.png -pix_fmt gbrpf32le -compression zip16 -format half finals/film/kodim04.exr
echo 'cut at 12:30' > finals/readme.txt

cat <<PAGE
# A night's work, with a kill in the middle

Printed by \`docs/studies/batch-transcript.sh\` at commit $commit. Keys are new at each run.

## Tagged, and killed when eight files were there

\`\`\`text
PAGE
typed "find finals -type f | sort"
typed "watermark keygen --out studio.key"
typed "watermark key derive studio.key --title 'Episode 12' --out episode-12.key"
typed "watermark key derive studio.key --title 'Episode 12' --detect-only --out reader.key"
embed="watermark embed finals --out marked --key episode-12.key --registry studio.db --title 'Episode 12' --label autumn"
printf '$ %s\n' "$embed"
(exec bash -c "exec $embed --quiet" 2>/dev/null) &
pid=$!
until [ "$(find marked -type f ! -name '.*' 2>/dev/null | wc -l)" -ge 8 ]; do sleep 0.02; done
kill -9 "$pid"
wait "$pid" 2>/dev/null || true
echo '(kill -9)'
typed "find marked -type f ! -name '.*' | sort"
typed "watermark registry check --registry studio.db"
printf '```\n\n## Resumed, and checked\n\n```text\n'
typed "$embed --resume"
typed "watermark registry check --registry studio.db --files"
typed "find marked -name '.watermark-*.tmp' | wc -l"
printf '```\n\n## Copies that somebody made\n\n```text\n'
typed "convert marked/stills/kodim04.png -resize 60% -quality 60 found/feed.jpg"
typed "convert marked/art/peppercarrot_ep01_p02.webp -gravity center -crop 45%x45%+0+0 +repage -quality 70 found/panel.jpg"
typed "convert marked/art/wesnoth_titlescreen.png -rotate 3 -background black found/tilted.webp"
typed "convert marked/stills/wine_10mp.jpg -flop -resize 1080x -quality 75 found/social.jpg"
typed "convert marked/film/pages.tif[0] -quality 60 found/page.jpg"
typed "ffmpeg -v error -apply_trc iec61966_2_1 -i marked/film/kodim04.exr -pix_fmt yuvj420p -q:v 3 found/from-exr.jpg"
typed "ffmpeg -v error -i marked/anim/party.gif -vf scale=480:-1 found/moving.gif"
cp "$images"/photo/coffee.png found/unrelated.png
cp marked/art/sita_cel.png found/the-file-itself.png
printf '```\n\n## Read\n\n```text\n'
typed "watermark detect found --key episode-12.key --registry studio.db"
typed "watermark report found --key episode-12.key --registry studio.db --out report.html"
typed "chromium --headless --no-sandbox --disable-gpu --print-to-pdf=report.pdf report.html 2>/dev/null; pdfinfo report.pdf | grep -E 'Pages|Page size'"
if [ -n "${LOOK:-}" ]; then cp report.html report.pdf "$LOOK"; fi
printf '```\n'
# What no program can see.
cat <<'LOOKED'

The report was opened in Chromium and its A4 pages were looked at, in English and in Japanese: the verdict and how often
chance would read so come first, then what was done to the file, whether the content fits, the picture with the map of the
mark beside the registered thumbnail (with the crop's frame in it), the registry's row, and the hashes.
LOOKED
