/** `gpo serve`: the pages in a browser on this machine. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createProgram, type Program } from '@main/host/create'
import { builtPages, type Pages } from '@main/host/pages'
import { serve as serveProgram } from '@main/host/serve'
import { describeBug, GpoError } from '@shared/errors'
import type { Output } from './output'
import { BUNDLE_WORKER, DATASET_WORKER, forkOf, type InspectFlags, JOB_WORKER, TEXT_WORKER, TRAINER } from './workers'

export interface ServeOptions extends InspectFlags {
  readonly port: number
  readonly db?: string
}

/** What is served other than usually. */
export interface ServeSource {
  readonly pages: Pages
  readonly session?: string
  /** Called once the pages can be asked for. */
  readonly onStart?: (program: Program) => void
}

function ownPages(): Pages {
  const folder = join(import.meta.dirname, '../renderer')
  if (existsSync(join(folder, 'index.html'))) return builtPages(folder)
  throw new GpoError('notFound', `${folder} contains no pages: build the program with \`npm run build\``)
}

/** Serves until Ctrl-C; a running run is then stopped at its next safe point. */
export async function serve(
  { port, db, ...inspect }: ServeOptions,
  output: Output,
  { pages, session, onStart }: ServeSource = { pages: ownPages() },
): Promise<number> {
  const onBug = (error: unknown) => output.note(describeBug(error))
  const program = createProgram({
    host: { kind: 'browser' },
    database: db,
    workerPath: TRAINER,
    jobWorkerPath: JOB_WORKER,
    text: { workerPath: TEXT_WORKER },
    datasets: { workerPath: DATASET_WORKER },
    bundles: { workerPath: BUNDLE_WORKER },
    fork: forkOf(inspect, output.note),
    onBug,
  })
  let links = 0
  const served = await serveProgram({
    services: program.services,
    pages,
    port,
    session,
    onBug,
    onLink: (url) => {
      output.json({ url })
      output.line(
        links++ === 0 ? `GPO Studio is on ${url}` : `The link has been used. A new one, for another browser: ${url}`,
      )
      if (links === 1)
        output.note('Only this machine can reach it. Ctrl-C ends it; a run in progress is stopped and can be resumed.')
    },
  })
  onStart?.(program)
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  output.note('Ending: a run in progress stops at its next safe point. Ctrl-C again ends at once.')
  process.once('SIGINT', () => process.exit(130))
  await served.close()
  await program.close()
  return 0
}
