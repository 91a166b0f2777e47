/** Where work on text is done: in this process, until a host with a window names another one. */
import { type InputOf, type ResultOf, type TextTask, textTasks } from './tasks'

export type RunTextTask = <K extends TextTask>(task: K, ...input: InputOf<K>) => Promise<ResultOf<K>>

/** Also the way in which the other process does it. */
export const runHere: RunTextTask = async <K extends TextTask>(task: K, ...input: InputOf<K>) =>
  // The compiler cannot narrow a task that is a type parameter.
  (await (textTasks[task] as (...given: InputOf<K>) => unknown)(...input)) as ResultOf<K>

let run: RunTextTask = runHere

/** @throws {GpoError} of the task; 'model' if it takes too much time or memory */
export const runTextTask: RunTextTask = (task, ...input) => run(task, ...input)

export function runTextTasksBy(other: RunTextTask): void {
  run = other
}
