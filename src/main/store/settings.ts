/** Named values that outlive the program, as JSON. */
import { jsonOf } from './json-column'
import { change, first, type Store } from './query'

/** `undefined` if there is none, or none that can be read. */
export function readSetting(store: Store, name: string): unknown {
  const row = first<{ value: string }>(store, 'SELECT value FROM settings WHERE name = ?', name)
  return row === undefined ? undefined : jsonOf(row.value)
}

export function writeSetting(store: Store, name: string, value: unknown): void {
  const sql = 'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value'
  change(store, sql, name, JSON.stringify(value))
}
