import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { readLicences, readRuntimes, readShipped } from '../../scripts/licences.ts'
import { licenceTexts, softwareBill } from '../../scripts/package/release.ts'

const root = resolve(import.meta.dirname, '../..')
const shipped = readShipped(root)

it('every package the program is made of or asks for is listed, and each says its licence', () => {
  const licences = readLicences(root)
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const direct = licences.filter(({ isDirect }) => isDirect).map(({ name }) => name)
  expect(direct).toEqual(expect.arrayContaining(Object.keys(dependencies)))
  // Bundled, so that they are only needed to build it.
  expect(direct).toEqual(expect.arrayContaining(['react', '@mantine/core', '@tensorflow/tfjs-core', 'zod', 'katex']))
  // What they need themselves.
  expect(licences.map(({ name }) => name)).toEqual(expect.arrayContaining(['scheduler', 'onnxruntime-common', 'fzstd']))
  expect(licences.filter(({ licence }) => licence === 'unknown')).toEqual([])
})

it('what only builds and tests it is not listed', () => {
  const names = readLicences(root).map(({ name }) => name)
  for (const name of ['vitest', 'electron-builder', 'typescript', 'node', 'hyparquet-writer', 'playwright-core'])
    expect(names, name).not.toContain(name)
})

it('what may not be shipped with a program under MIT is not there', () => {
  const copyleft = readLicences(root).filter(({ licence }) => /GPL|SSPL|BUSL|CC-BY-NC/.test(licence))
  expect(copyleft).toEqual([])
})

it('Electron, its Chromium and its Node are among what it ships with', () => {
  expect(readRuntimes(root).map(({ name }) => name)).toEqual(['Electron', 'Chromium', 'Node.js'])
})

it('the bill of materials has each package once, with its address, licence and hash, the same at every build', () => {
  const bill = JSON.parse(softwareBill(root, shipped))
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' })
  const refs = bill.components.map((one: { 'bom-ref': string }) => one['bom-ref'])
  expect(new Set(refs).size).toBe(refs.length)
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const { version, integrity } = packages['node_modules/onnxruntime-node']
  expect(bill.components).toContainEqual({
    type: 'library',
    'bom-ref': `pkg:npm/onnxruntime-node@${version}`,
    name: 'onnxruntime-node',
    version,
    licenses: [{ license: { id: 'MIT' } }],
    purl: `pkg:npm/onnxruntime-node@${version}`,
    hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex') }],
  })
  expect(softwareBill(root, shipped)).toBe(softwareBill(root, shipped))
})

it('the licences that go with a release have the texts of the packages, or say that there is none', () => {
  const texts = licenceTexts(root, shipped)
  const react = readFileSync(join(root, 'node_modules/react/LICENSE'), 'utf8').trim()
  expect(texts).toContain(react)
  for (const { name, version } of shipped) expect(texts).toContain(`${name} ${version} (`)
})
