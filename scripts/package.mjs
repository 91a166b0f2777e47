#!/usr/bin/env node
/**
 * `npm run package`: installers for this system in `out/package`. `-- deb`, `-- AppImage`, `-- nsis`, `-- dmg` makes one of them, `-- dir` only the
 * program as it will be installed. Names of other systems are refused where they cannot be built.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, Platform } from 'electron-builder'
import { ensureBuilt } from './build.mjs'
import { readShipped } from './licences.ts'
import { config, output, root } from './package/config.mjs'
import { licenceTexts, softwareBill } from './package/release.ts'
import { report } from './package/size.ts'

const TARGETS = {
  linux: { platform: Platform.LINUX, names: ['deb', 'AppImage', 'dir'] },
  win32: { platform: Platform.WINDOWS, names: ['nsis', 'dir'] },
  darwin: { platform: Platform.MAC, names: ['dmg', 'dir'] },
}[process.platform]

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !TARGETS?.names.includes(name))
if (!TARGETS || unknown.length > 0) {
  process.stderr.write(
    `package: ${unknown.join(', ') || process.platform} cannot be made here; on ${process.platform} there are: ${TARGETS?.names.join(', ') ?? 'none'}\n`,
  )
  process.exit(2)
}

if (!process.env.GPO_PACKAGE_BUILT) ensureBuilt('package')
mkdirSync(join(root, 'out/release'), { recursive: true })
const shipped = readShipped(root)
writeFileSync(join(root, 'out/release/sbom.cdx.json'), softwareBill(root, shipped))
writeFileSync(join(root, 'out/release/licences.txt'), licenceTexts(root, shipped))

// Debian's dpkg-deb makes the .deb: nothing is downloaded for it.
process.env.CUSTOM_FPM_PATH ??= join(root, 'scripts/package/fpm.mjs')
const names = wanted.length > 0 ? wanted : TARGETS.names.filter((name) => name !== 'dir')
const files = await build({
  projectDir: root,
  targets: TARGETS.platform.createTarget(names),
  config,
  publish: 'never',
})
for (const file of files) process.stdout.write(`${file}\n`)
process.exitCode = report(output)
