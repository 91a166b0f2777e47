/** `gpo serve`: the pages in a browser on this machine. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createProgram } from '@main/host/create'
import { serve as serveProgram } from '@main/host/serve'
import { GpoError } from '@shared/errors'
import type { Output } from './output'
import { JOB_WORKER, TRAINER } from './workers'

export interface ServeOptions {
  readonly port: number
  readonly db?: string
}

function pagesFolder(): string {
  const folder = join(import.meta.dirname, '../renderer')
  if (existsSync(join(folder, 'index.html'))) return folder
  throw new GpoError('notFound', `${folder} contains no pages: build the program with \`npm run build\``)
}

/** Serves until Ctrl-C; a running run is then stopped at its next safe point. */
export async function serve({ port, db }: ServeOptions, output: Output): Promise<number> {
  const onBug = (error: unknown) => output.note(error instanceof Error ? (error.stack ?? error.message) : String(error))
  const pages = pagesFolder()
  const program = createProgram({
    host: { kind: 'browser' },
    database: db,
    workerPath: TRAINER,
    jobWorkerPath: JOB_WORKER,
    onBug,
  })
  let links = 0
  const served = await serveProgram({
    services: program.services,
    pages,
    port,
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
