#!/bin/bash
# Run by dpkg as root. A name in braces after a dollar sign is filled in when the package is built.

app='/opt/${sanitizedProductName}'

# Where the system gives ordinary users no namespaces, this helper sets up the sandbox.
chown root:root "$app/chrome-sandbox"
chmod 4755 "$app/chrome-sandbox"

if command -v update-desktop-database >/dev/null; then update-desktop-database -q /usr/share/applications || true; fi
if command -v gtk-update-icon-cache >/dev/null; then gtk-update-icon-cache -q /usr/share/icons/hicolor || true; fi

# Ubuntu 24.04 and newer refuse namespaces to programs without a profile. An AppArmor that does not know the profile's language needs none.
profile="$app/resources/apparmor-profile"
installed='/etc/apparmor.d/${executable}'
if command -v apparmor_parser >/dev/null && [ -d /etc/apparmor.d ] && apparmor_parser -QK "$profile" >/dev/null 2>&1; then
  cp -f "$profile" "$installed"
  # In a chroot, or where the kernel has no AppArmor, there is nothing to load it into: the system does so when it starts.
  if aa-enabled --quiet 2>/dev/null && ! { command -v ischroot >/dev/null && ischroot; }; then
    apparmor_parser --replace --write-cache --skip-read-cache "$installed" || true
  fi
fi

exit 0
