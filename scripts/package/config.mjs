/** What electron-builder makes, and of what. Nothing is published and nobody is asked for updates: `publish` is null. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: electron-builder fills these names in
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const here = 'scripts/package'

/** Folder of the built program, with `main`, `preload` and `renderer`. */
const built = process.env.GPO_PACKAGE_BUILT ?? 'out'

/** Where packages are put. */
export const output = resolve(root, process.env.GPO_PACKAGE_OUTPUT ?? 'out/package')

/** A distribution of Electron that is on disk, instead of a download. */
const electronDist = process.env.ELECTRON_OVERRIDE_DIST_PATH

/** An Electron that is too old for a package of ours carries another build of it, with what that needs. */
const replacements = electronDist ? join(electronDist, 'resources/native/node_modules') : ''
const replaced = existsSync(replacements) ? readdirSync(replacements) : []

/** What packages bring for those who build or read them, and what only their install scripts use. */
const NOT_FOR_USERS = [
  '**/*.{map,ts,mts,cts,md,markdown,cc,cpp,h,gyp,gypi,tsbuildinfo}',
  '**/{test,tests,__tests__,example,examples,docs,doc,benchmark,.github}/**',
  'better-sqlite3/{deps,src,node_modules}/**',
  'better-sqlite3/binding.gyp',
  'fzstd/{lib,umd}/**', // the packages that decode import its other build
  'onnxruntime-node/{script,lib}/**',
  'onnxruntime-common/{lib,dist/esm}/**',
  'webgpu/build/**',
  'koffi/{vendor,doc}/**',
  '@types/**',
  '@webgpu/**',
  // The install script of onnxruntime-node fetches CUDA with these.
  '{adm-zip,global-agent,boolean,define-data-property,define-properties,es-define-property,es-errors,escape-string-regexp,globalthis,gopd,has-property-descriptors,matcher,object-keys,roarr,semver,semver-compare,serialize-error,sprintf-js,type-fest,detect-node,json-stringify-safe,node-addon-api,debug,ms}/**',
]

/** Of packages that contain a library for every system, only this one's. The names in braces are electron-builder's. */
const OTHER_SYSTEMS = [
  'onnxruntime-node/bin/*/!(${platform})/**',
  'onnxruntime-node/bin/*/${platform}/!(${arch})/**',
  'webgpu/dist/!(${platform}-${arch}|${platform}-universal)/**',
  'better-sqlite3/prebuilds/!(${platform}-${arch}).node',
  '@koromix/koffi-*/musl_*/**', // Electron needs glibc
]

const maintainer = process.env.GPO_PACKAGE_MAINTAINER ?? 'GPO Studio <nobody@gpo-studio.invalid>'

/** @type {import('electron-builder').Configuration} */
export const config = {
  appId: 'invalid.gpo-studio',
  productName: 'GPO Studio',
  copyright: 'MIT licence',
  directories: { output, buildResources: here },
  extraMetadata: {
    homepage: process.env.GPO_PACKAGE_HOMEPAGE ?? 'https://gpo-studio.invalid',
    desktopName: 'gpo-studio.desktop',
    // The file that the button in the settings asks for the newest version: {"version": "1.2.3"}.
    ...(process.env.GPO_PACKAGE_UPDATES && { updates: process.env.GPO_PACKAGE_UPDATES }),
  },
  publish: null,
  npmRebuild: false, // every native package comes built for Node's own interface, which Electron has too
  ...(electronDist && { electronDist, electronVersion: readFileSync(join(electronDist, 'version'), 'utf8').trim() }),

  files: [
    'package.json',
    'LICENSE',
    ...['main', 'preload', 'renderer'].map((part) => ({ from: join(built, part), to: `out/${part}` })),
    ...[...NOT_FOR_USERS, ...OTHER_SYSTEMS].map((pattern) => `!node_modules/${pattern}`),
    ...replaced.map((name) => `!node_modules/${name}/**`),
    ...(replaced.length > 0
      ? [{ from: replacements, to: 'node_modules', filter: ['**/*', '!**/{deps,src}/**', '!**/obj/**', '!**/*.md'] }]
      : []),
  ],
  asar: true,
  // Libraries are loaded by the system, which knows no archives. ONNX Runtime finds its own beside it.
  asarUnpack: ['**/*.{node,dll,dylib}', '**/*.so*', '**/node_modules/onnxruntime-node/bin/**'],
  extraResources: [
    { from: 'resources', to: '.' },
    { from: 'out/release/licences.txt', to: 'licences.txt' },
    { from: 'out/release/sbom.cdx.json', to: 'sbom.cdx.json' },
    { from: `${here}/gpo.sh`, to: 'gpo' },
  ],
  // The program speaks English; a pack translates only what Chromium itself says, which is nothing in its window.
  electronLanguages: ['en-US', 'en'],

  electronFuses: {
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableCookieEncryption: true,
    onlyLoadAppFromAsar: true,
    enableEmbeddedAsarIntegrityValidation: true,
    grantFileProtocolExtraPrivileges: false,
    loadBrowserProcessSpecificV8Snapshot: false,
    resetAdHocDarwinSignature: true,
  },
  async afterExtract({ appOutDir, packager }) {
    const resources = packager.getResourcesDir(appOutDir)
    for (const name of ['app', 'native', 'default_app.asar'])
      await rm(join(resources, name), { recursive: true, force: true })
    await rm(join(appOutDir, '.ready'), { force: true })
  },

  linux: {
    target: ['deb', 'AppImage'],
    executableName: 'gpo-studio',
    icon: `${here}/icons`,
    category: 'Science',
    maintainer,
    synopsis: 'Fine-tune language models with Guided Pivotal Optimization',
    description:
      'Samples reasoning trajectories, finds the critical step of each, samples again there and learns from that. Everything stays on this machine.',
    executableArgs: [],
    syncDesktopName: true,
  },
  deb: {
    packageCategory: 'science',
    afterInstall: `${here}/after-install.sh`,
    afterRemove: `${here}/after-remove.sh`,
    appArmorProfile: `${here}/apparmor-profile`,
    compression: 'xz',
    depends: [
      'libgtk-3-0 | libgtk-3-0t64',
      'libnss3',
      'libasound2 | libasound2t64',
      'libgbm1',
      'libxss1',
      'libxtst6',
      'libatspi2.0-0 | libatspi2.0-0t64',
    ],
    recommends: ['xdg-utils', 'libsecret-1-0', 'libnotify4'],
    fpm: [`${here}/gpo.sh=/usr/bin/gpo`, `${here}/gpo-studio.sh=/usr/bin/gpo-studio`],
  },
  appImage: { license: 'LICENSE' },
  toolsets: { appimage: '1.0.3' }, // its program needs no libfuse2, which Ubuntu 24.04 has not

  win: { target: [{ target: 'nsis', arch: ['x64', 'arm64'] }], icon: `${here}/icons/256x256.png` },
  nsis: {
    oneClick: false,
    perMachine: false,
    allowToChangeInstallationDirectory: true,
    deleteAppDataOnUninstall: false, // what a user has trained stays
    license: 'LICENSE',
  },

  // ONNX Runtime has no library for Macs with Intel's processors.
  mac: {
    target: [{ target: 'dmg', arch: ['arm64'] }],
    icon: `${here}/icons/1024x1024.png`,
    category: 'public.app-category.developer-tools',
    hardenedRuntime: true,
    entitlements: `${here}/entitlements.mac.plist`,
    entitlementsInherit: `${here}/entitlements.mac.plist`,
    minimumSystemVersion: '13.4', // as ONNX Runtime
  },
  dmg: { title: 'GPO Studio ${version}' },
}

export { root }
