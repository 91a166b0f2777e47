/** How all charts of the page are drawn, kept between visits. */
import { useLocalStorage } from '@mantine/hooks'

export interface ChartSettings {
  /** Weight of the past, 0 to 0.99. */
  readonly smoothing: number
  readonly isLog: boolean
  readonly isClipped: boolean
}

const DEFAULTS: ChartSettings = { smoothing: 0.6, isLog: false, isClipped: false }

export function useChartSettings(): readonly [ChartSettings, (patch: Partial<ChartSettings>) => void] {
  const [settings, set] = useLocalStorage<ChartSettings>({
    key: 'gpo:run-charts',
    defaultValue: DEFAULTS,
    getInitialValueInEffect: false,
  })
  return [{ ...DEFAULTS, ...settings }, (patch) => set((current) => ({ ...DEFAULTS, ...current, ...patch }))]
}
