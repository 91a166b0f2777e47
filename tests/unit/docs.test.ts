/** What documents show is what the program does. */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readStudy } from '@main/studies/document'
import { studyProblems } from '@shared/study/check'
import { expect, it } from 'vitest'

const folder = resolve(import.meta.dirname, '../../docs/studies')
const studies = readdirSync(folder).filter((name) => name.endsWith('.json'))

it('there is an example of a study', () => {
  expect(studies.length).toBeGreaterThan(0)
})

it.each(studies)('the study %s can be started as it is', (name) => {
  expect(studyProblems(readStudy(join(folder, name)))).toEqual([])
})
