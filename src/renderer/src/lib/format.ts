/** Numbers and times for people: two or three significant digits, units, separators. */

const LOCALE = 'en-US'

/** 0.0123, 1.2e-7, 12,300. */
export function formatNumber(value: number, digits = 3): string {
  if (value === 0) return '0'
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size < 1e-3 || size >= 1e7) return value.toExponential(Math.max(0, digits - 2)).replace('e+', 'e')
  return value.toLocaleString(LOCALE, { maximumSignificantDigits: size >= 1000 ? 4 : digits })
}

export const formatCount = (value: number): string => Math.round(value).toLocaleString(LOCALE)

/** 0.714 → "71.4 %". */
export const formatPercent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const value = bytes / 1000 ** step
  return `${value.toLocaleString(LOCALE, { maximumFractionDigits: step === 0 || value >= 100 ? 0 : 1 })} ${units[step]}`
}

/** 42 s, 3 min, 2 h 5 min, 3 d. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 90) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return `${Math.round(hours / 24)} d`
}

/** 0:42, 12:05, 1:02:05: for axes, where equal steps must look equal. */
export function formatClock(seconds: number): string {
  const whole = Math.round(seconds)
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** 14:05 today, 3 Nov 14:05 this year, 3 Nov 2025 before. */
export function formatTime(ms: number, now = Date.now()): string {
  const date = new Date(ms)
  const today = new Date(now)
  const time = date.toLocaleTimeString(LOCALE, { hour: '2-digit', minute: '2-digit', hour12: false })
  if (date.toDateString() === today.toDateString()) return time
  const day = `${date.getDate()} ${date.toLocaleString(LOCALE, { month: 'short' })}`
  return date.getFullYear() === today.getFullYear() ? `${day} ${time}` : `${day} ${date.getFullYear()}`
}

/** −0.75, +0.12: advantages and differences. */
export const formatSigned = (value: number, digits = 2): string =>
  `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(digits)}`

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`
