/** The environment that a run's numbers depend on, besides its plan. */
import { cpus, platform, release } from 'node:os'
import { version as tfjs } from '@engine/devices/versions'

export function engineVersions(): Record<string, string | number> {
  return {
    node: process.versions.node,
    platform: `${platform()} ${release()}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads: cpus().length,
    ...tfjs(),
  }
}
