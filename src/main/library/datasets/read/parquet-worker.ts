/** The entry of the process that decodes one Parquet file, where Electron starts it. */
import { parentPort } from '@main/workers/parent-port'
import { dieWithParent } from '@main/workers/watchdog'
import { decodeParquet, type ParquetRequest } from './parquet-child'

dieWithParent()

/** By name: what an archive contains has an address only for `import` itself. */
const PACKAGES = [() => import('hyparquet'), () => import('hyparquet-compressors')] as const

parentPort.on('message', (event) => {
  const request = event?.data as ParquetRequest // main and this process are one program
  const load = (address: string) => PACKAGES[address === request.hyparquet ? 0 : 1]()
  void decodeParquet(request, load, async (reply) => parentPort.postMessage(reply))
})
