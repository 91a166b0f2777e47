/** Zstandard for Node versions without it: a stream around fzstd. Knows no files. */
import { Transform, type TransformCallback } from 'node:stream'
import { Decompress } from 'fzstd'

/** Compressed bytes that are unpacked at once, and the largest result: a block of 4 bytes can stand for 128 kB. */
const SLICE = 1 << 14
const MAX_AT_ONCE = 64_000_000

/** Errors have fzstd's numeric codes. */
export function createUnzstd(): Transform {
  let made = 0
  const unpack = new Decompress((chunk) => {
    made += chunk.length
    if (made > MAX_AT_ONCE) throw Object.assign(new Error('it unpacks to an unreasonable size'), { code: 0 })
    if (chunk.length > 0) stream.push(chunk)
  })
  const run = (work: () => void, done: TransformCallback) => {
    try {
      work()
      done()
    } catch (error) {
      done(error as Error)
    }
  }
  const stream = new Transform({
    transform: (bytes: Buffer, _encoding, done) =>
      run(() => {
        for (let at = 0; at < bytes.length; at += SLICE) {
          made = 0
          unpack.push(bytes.subarray(at, at + SLICE))
        }
      }, done),
    flush: (done) => run(() => unpack.push(new Uint8Array(), true), done),
  })
  return stream
}
