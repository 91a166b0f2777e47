#!/bin/sh
# The `gpo` command: the program without its window. It needs no display, and Chromium's own messages are switched off.
here=$(dirname "$(readlink -f "$0")")
for program in "$here/../gpo-studio" "$here/../MacOS/GPO Studio" '/opt/GPO Studio/gpo-studio'; do
  [ -f "$program" ] && exec "$program" --ozone-platform=headless --disable-gpu --log-level=3 --gpo -- "$@"
done
echo 'gpo: GPO Studio was not found: install it again' >&2
exit 1
