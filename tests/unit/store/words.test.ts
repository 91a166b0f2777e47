/** Trajectories are found by the words of their prompts, completions and continuations. */
import { join } from 'node:path'
import { all, type Store } from '@main/store/query'
import { insertTrajectories, listTrajectories } from '@main/store/trajectories'
import { truncateAfter } from '@main/store/truncate'
import { searchParts, wordQuery } from '@main/store/word-query'
import type { TrajectoryRecord } from '@shared/schemas/trajectory'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { errorOf, newRun, open, tempFolder, trajectory } from './fixtures'

const continuation = (text: string): TrajectoryRecord['continuations'][number] => ({
  ...{ state: 0, purpose: 'value', trained: false, tokens: 3, text, reward: 0, status: 'wrong' },
})

function filled(store: Store): string {
  const run = newRun(store)
  insertTrajectories(store, run, [
    trajectory(1, 0, { prompt: 'Ann has 3+4 apples', text: 'so 3+4=7\nShe has seven.', continuations: [] }),
    trajectory(1, 1, {
      prompt: 'Bob has 3-4 pears',
      text: 'so 3-4=-1',
      continuations: [continuation('perhaps nine\nor ten')],
    }),
    trajectory(2, 0, {
      prompt: '小明有三个苹果',
      text: '他买了两个',
      continuations: [continuation('ten'), continuation('ten')],
    }),
    trajectory(2, 1, { prompt: 'Übung 50%_off', text: 'a "quoted" word', continuations: [] }),
  ])
  return run
}

const found = (store: Store, run: string, text: string) =>
  listTrajectories(store, run, { filter: { text }, order: 'oldest' }).rows.map(
    ({ iteration, index }) => `${iteration}.${index}`,
  )

describe('a search', () => {
  it.each([
    ['a word of a prompt, in any case', 'APPLES', ['1.0']],
    ['a word of a completion', 'seven', ['1.0']],
    ['a word of a continuation', 'nine', ['1.1']],
    ['the last word unfinished', 'sev', ['1.0']],
    ['but not one that is finished', 'sev ', []],
    ['all of several words, in any order', 'pears so', ['1.1']],
    ['words in different texts', 'bob nine', ['1.1']],
    ['no word in the middle of another', 'even', []],
    ['signs as they are', '3+4', ['1.0']],
    ['signs as they are, with spaces in quotes', '"3 - 4"', ['1.1']],
    ['a phrase', '"has seven"', ['1.0']],
    ['no phrase in another order', '"seven has"', []],
    ['a quote that is not closed', '"perhaps ni', ['1.1']],
    ['a part of a Chinese sentence', '三个', ['2.0']],
    ['no Chinese in another order', '个三', []],
    ['letters with marks', 'übung', ['2.1']],
    ['but not letters without them', 'ubung', []],
    ['signs of SQL', '50%_off', ['2.1']],
    ['words of the query language as words', 'AND', []],
    ['the sign for all that begins so', 'app*', []],
    ['nothing but spaces: all', '  ', ['1.0', '1.1', '2.0', '2.1']],
    ['a sign alone', '=', ['1.0', '1.1']],
  ])('finds %s', (_, text, expected) => {
    const store = open()
    expect(found(store, filled(store), text)).toEqual(expected)
  })

  it('shows where it was found', () => {
    const store = open()
    const run = filled(store)
    const shown = (text: string) => listTrajectories(store, run, { filter: { text } }).rows[0]?.found
    expect(shown('NINE')).toEqual({ where: 'continuation', before: 'perhaps ', match: 'nine', after: '\nor ten' })
    expect(shown('3 + 4')).toEqual({ where: 'completion', before: 'so ', match: '3', after: '+4=7\nShe has seven.' })
    expect(shown('"3 + 4"')).toEqual({ where: 'completion', before: 'so ', match: '3+4', after: '=7\nShe has seven.' })
    expect(shown('apples')).toMatchObject({ where: 'prompt', match: 'apples', after: '' })
    expect(listTrajectories(store, run).rows[0]).not.toHaveProperty('found')
  })

  it('is refused if it is too long', () => {
    const store = open()
    expect(errorOf(() => found(store, filled(store), 'x'.repeat(1001))).message).toContain('1001 characters')
  })
})

it('asks for phrases of whole words, the last one unfinished', () => {
  expect(searchParts('one "two three" 4+5')).toEqual(['one', 'two three', '4+5'])
  expect(wordQuery('one "two three" fo')).toBe('"one" AND "two three" AND "fo" *')
  expect(wordQuery('"one"')).toBe('"one"')
  expect(wordQuery(' "" ')).toBeNull()
})

describe('the index', () => {
  const size = (store: Store) => all<{ n: number }>(store, 'SELECT count(*) AS n FROM trajectory_words')[0]!.n

  it('forgets trajectories that are removed, with their run too', () => {
    const store = open()
    const run = filled(store)
    expect(size(store)).toBe(4)
    truncateAfter(store, run, 1)
    expect(size(store)).toBe(2)
    expect(found(store, run, 'ten')).toEqual(['1.1'])
    store.db.exec('DELETE FROM runs')
    expect(size(store)).toBe(0)
  })

  it('is made for the trajectories of an older version', () => {
    const file = join(tempFolder(), 'runs.db')
    const before = open(file)
    const run = filled(before)
    before.db.exec("UPDATE trajectory_bodies SET body = x'00' WHERE id = 1") // damaged
    before.db.exec(
      `DROP TRIGGER trajectory_words_gone; DROP TABLE trajectory_words; DROP TABLE blind_labels;
       DROP TABLE probe_prompts; DROP TABLE probe_answers;
       ALTER TABLE trajectories DROP COLUMN engine; ALTER TABLE trajectories DROP COLUMN policy_version; PRAGMA user_version = 12`,
    )
    before.close()
    const after = open(file)
    expect(found(after, run, 'nine')).toEqual(['1.1'])
    expect(found(after, run, '三个')).toEqual(['2.0'])
    expect(size(after)).toBe(4)
  })

  it('keeps no second copy of the texts', () => {
    const file = join(tempFolder(), 'runs.db')
    const store = open(file)
    filled(store)
    const raw = new Database(file, { readonly: true })
    const tables = raw.prepare(`SELECT name FROM sqlite_schema WHERE name LIKE 'trajectory_words_content'`).all()
    raw.close()
    expect(tables).toEqual([])
  })
})
