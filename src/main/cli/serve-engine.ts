/** `gpo serve-engine`: a sampling server of this machine, with llama.cpp, whose adapters can be loaded while it runs. */
import { join, resolve } from 'node:path'
import { dataFolder } from '@main/paths'
import { openEngine } from '@main/serve-engine/engine'
import { libraryFolder, loadLibrary } from '@main/serve-engine/library'
import { startServer } from '@main/serve-engine/server'
import { describeBug } from '@shared/errors'
import type { Output } from './output'

export interface ServeEngineOptions {
  readonly port: number
  readonly lanes: number
  readonly context: number
  readonly threads?: number
  readonly enginePackage?: string
}

/** Serves until Ctrl-C. */
export async function serveEngine(model: string, options: ServeEngineOptions, output: Output): Promise<number> {
  const { port, lanes, context, threads, enginePackage } = options
  const folder = libraryFolder([enginePackage, process.env['GPO_LLAMA']], join(dataFolder(), 'engine'))
  const library = await loadLibrary(folder)
  const engine = await openEngine(library, { model: resolve(model), lanes, context, threads }, output.note)
  const onBug = (error: unknown) => output.note(describeBug(error))
  const server = await startServer({ engine, port, onBug })
  output.json({ url: server.address, model: engine.model, build: engine.build, lanes, context: engine.context })
  output.line(`${engine.model} is served on ${server.address} (${engine.build}).`)
  output.note(`Only this machine can reach it: gpo train PLAN --engine ${server.address}. Ctrl-C ends it.`)
  await new Promise<void>((done) => {
    process.once('SIGINT', () => done())
    process.once('SIGTERM', () => done())
  })
  process.once('SIGINT', () => process.exit(130))
  await server.close()
  await engine.close()
  return 0
}
