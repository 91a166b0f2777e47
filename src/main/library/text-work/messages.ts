/** What main asks the process that works on text. */
import type { InputOf, TextTask } from './tasks'

export interface Asked<K extends TextTask = TextTask> {
  readonly task: K
  readonly input: InputOf<K>
}
