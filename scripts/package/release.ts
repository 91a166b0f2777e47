/** What goes with a release: a software bill of materials (CycloneDX 1.6) and the licences of everything that is shipped. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readRuntimes, type Shipped } from '../licences.ts'

interface OwnPackage {
  readonly name: string
  readonly version: string
  readonly license: string
}

const own = (root: string): OwnPackage => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as OwnPackage

const addressOf = (name: string, version: string): string => `pkg:npm/${name.replace('@', '%40')}@${version}`

/** npm writes `sha512-…` in base 64; CycloneDX wants hexadecimal. */
function hashOf({ integrity = '' }: Shipped) {
  const [, content] = /^sha512-([\w+/=]+)$/.exec(integrity) ?? []
  return content === undefined ? [] : [{ alg: 'SHA-512', content: Buffer.from(content, 'base64').toString('hex') }]
}

/** One licence of the SPDX list has an id; several, or alternatives, are an expression. */
const licenceOf = (text: string) => (/[ ()]/.test(text) ? { expression: text } : { license: { id: text } })

function componentOf(one: Shipped) {
  const { name, version, licence } = one
  const address = addressOf(name, version)
  const hashes = hashOf(one)
  return {
    type: 'library',
    'bom-ref': address,
    name,
    version,
    licenses: [licenceOf(licence)],
    purl: address,
    ...(hashes.length > 0 && { hashes }),
  }
}

/** Without a time or a random number, so that the same release has the same bill. @returns JSON */
export function softwareBill(root: string, shipped: readonly Shipped[]): string {
  const { name, version, license } = own(root)
  const runtimes = readRuntimes(root).map((one) => ({
    type: 'framework',
    'bom-ref': `runtime:${one.name}`,
    name: one.name,
    version: one.version,
    licenses: [{ license: { name: one.licence } }],
  }))
  const unique = new Map(shipped.map((one) => [addressOf(one.name, one.version), componentOf(one)]))
  const bill = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': `${name}@${version}`,
        name,
        version,
        licenses: [licenceOf(license)],
      },
    },
    components: [...runtimes, ...unique.values()],
  }
  return `${JSON.stringify(bill, null, 2)}\n`
}

const LICENCE_FILE = /^(licen[cs]e|copying|notice|third.?party|copyright)/i

/** The texts that a package brings; many of ONNX Runtime's and Dawn's are in files of their own. */
function textsOf(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name))
    .map((entry) => readFileSync(join(folder, entry.name), 'utf8').trim())
}

/** A package without a text names its licence in its package.json, which is said. */
export function licenceTexts(root: string, shipped: readonly Shipped[]): string {
  const { name, version } = own(root)
  const parts = shipped.map((one) => {
    const texts = textsOf(join(root, one.folder))
    const body =
      texts.length > 0 ? texts.join('\n\n') : `The package has no text of its licence; it names: ${one.licence}.`
    return `${one.name} ${one.version} (${one.licence})\n\n${body}`
  })
  const runtimes = readRuntimes(root).map(
    (one) =>
      `${one.name} ${one.version} (${one.licence})\n\nLICENSE.electron.txt and LICENSES.chromium.html beside the program have the texts.`,
  )
  const line = `\n\n${'='.repeat(80)}\n\n`
  const head = `${name} ${version}\n\n${readFileSync(join(root, 'LICENSE'), 'utf8').trim()}\n\nIt ships with the following.`
  return `${[head, ...runtimes, ...parts].join(line)}\n`
}
