#!/bin/sh
exec '/opt/GPO Studio/gpo-studio' "$@"
