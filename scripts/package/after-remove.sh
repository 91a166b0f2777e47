#!/bin/bash
# Run by dpkg as root, also before another version takes the place of this one. What users have trained is theirs and stays.

case "$1" in upgrade | failed-upgrade | abort-upgrade) exit 0 ;; esac

installed='/etc/apparmor.d/${executable}'
if [ -f "$installed" ]; then
  if command -v apparmor_parser >/dev/null && aa-enabled --quiet 2>/dev/null; then
    apparmor_parser --remove "$installed" || true
  fi
  rm -f "$installed"
fi

if command -v update-desktop-database >/dev/null; then update-desktop-database -q /usr/share/applications || true; fi

exit 0
