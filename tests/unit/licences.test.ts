import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { readLicences } from '../../scripts/licences.ts'

const root = resolve(import.meta.dirname, '../..')

it('every package the program asks for is listed, and each says its licence', () => {
  const licences = readLicences(root)
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  expect(licences.filter(({ isDirect }) => isDirect).map(({ name }) => name)).toEqual(
    Object.keys(dependencies).toSorted(),
  )
  expect(licences.filter(({ licence }) => licence === 'unknown')).toEqual([])
})

it('what may not be shipped with a program under MIT is not there', () => {
  const copyleft = readLicences(root).filter(({ licence }) => /GPL|SSPL|BUSL|CC-BY-NC/.test(licence))
  expect(copyleft).toEqual([])
})
