#!/usr/bin/env node
/**
 * Stands in for fpm, which electron-builder would download: makes a .deb with Debian's own dpkg-deb. It knows the options that electron-builder
 * gives for a .deb, and refuses others.
 */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'

const text = { type: 'string' }
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    s: { ...text, short: 's' },
    t: { ...text, short: 't' },
    d: { ...text, short: 'd', multiple: true, default: [] },
    force: { type: 'boolean' },
    ...Object.fromEntries(
      ['architecture', 'after-install', 'after-remove', 'description', 'version', 'package', 'name', 'maintainer'].map(
        (name) => [name, text],
      ),
    ),
    ...Object.fromEntries(
      ['vendor', 'url', 'category', 'license', 'iteration', 'deb-priority', 'deb-compression'].map((name) => [
        name,
        text,
      ]),
    ),
    'deb-recommends': { ...text, multiple: true, default: [] },
  },
})

function fail(message) {
  process.stderr.write(`fpm.mjs: ${message}\n`)
  process.exit(1)
}

const ARCHITECTURES = { x86_64: 'amd64', amd64: 'amd64', aarch64: 'arm64', arm64: 'arm64' }

const architecture = ARCHITECTURES[values.architecture]
if (values.s !== 'dir' || values.t !== 'deb') fail(`it makes a .deb of folders, not ${values.t} of ${values.s}`)
if (!architecture) fail(`it does not know the architecture ${values.architecture}`)

/** `from/=/to`: what is in the folder; `from=/to`: the file. */
function place(mapping, root) {
  const at = mapping.indexOf('=')
  const [from, to] = [mapping.slice(0, at), join(root, mapping.slice(at + 1))]
  if (at < 0) fail(`${mapping} names no place`)
  mkdirSync(dirname(to), { recursive: true })
  cpSync(from, to, { recursive: true, verbatimSymlinks: true })
}

/** Rights as Debian wants them, whatever the umask of whoever builds was. @returns bytes below */
function settle(path) {
  const { size, mode } = statSync(path)
  const isFolder = statSync(path).isDirectory()
  chmodSync(path, isFolder || mode & 0o100 ? 0o755 : 0o644)
  return isFolder ? readdirSync(path).reduce((sum, name) => sum + settle(join(path, name)), 0) : size
}

/** The first line is the synopsis; the others are indented, an empty one is a dot. */
function describe(description) {
  const [first = '', ...rest] = description.trim().split('\n')
  return [first, ...rest.map((line) => ` ${line.trim() || '.'}`)].join('\n')
}

const stage = mkdtempSync(join(tmpdir(), 'gpo-deb-'))
try {
  for (const mapping of positionals) place(mapping, stage)
  chmodSync(stage, 0o755)
  const bytes = settle(stage)
  const control = {
    Package: values.name,
    Version: values.iteration ? `${values.version}-${values.iteration}` : values.version,
    Architecture: architecture,
    Maintainer: values.maintainer,
    'Installed-Size': Math.ceil(bytes / 1024),
    Depends: values.d.join(', '),
    ...(values['deb-recommends'].length > 0 && { Recommends: values['deb-recommends'].join(', ') }),
    Section: values.category ?? 'science',
    Priority: values['deb-priority'] ?? 'optional',
    Homepage: values.url,
    Description: describe(values.description ?? ''),
  }
  const folder = join(stage, 'DEBIAN')
  mkdirSync(folder, { mode: 0o755 })
  const lines = Object.entries(control).map(([name, value]) => `${name}: ${value}\n`)
  writeFileSync(join(folder, 'control'), lines.join(''))
  for (const [name, script] of Object.entries({ postinst: values['after-install'], postrm: values['after-remove'] }))
    if (script) writeFileSync(join(folder, name), readFileSync(script), { mode: 0o755 })
  // A test installs the package at once and throws it away: it does not wait for a compression.
  const wanted = process.env.GPO_PACKAGE_COMPRESSION ?? values['deb-compression'] ?? 'xz'
  const compression = { none: ['-Znone'], gz: ['-Zgzip', '-z1'], xz: ['-Zxz'] }[wanted]
  if (!compression) fail(`it does not know the compression ${wanted}`)
  const { status } = spawnSync('dpkg-deb', ['--root-owner-group', ...compression, '--build', stage, values.package], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) fail("dpkg-deb failed: is Debian's package dpkg installed?")
} finally {
  rmSync(stage, { recursive: true, force: true })
}
