import { Group, Select, Text } from '@mantine/core'
import type { CheckpointRecord } from '@shared/schemas/events'
import classes from './explorer.module.css'
import { OVERLAY_WORDS, OVERLAYS, type OverlayKind } from './token-overlay'
import type { OverlayState } from './use-overlay'

const NONE = 'none'
const BASE = 'base'

interface OverlayBarProps {
  readonly kind: OverlayKind | null
  readonly onKind: (kind: OverlayKind | null) => void
  readonly checkpoint: number | null
  readonly onCheckpoint: (checkpoint: number | null) => void
  readonly checkpoints: readonly CheckpointRecord[]
  /** A run from a bundle has no weights here. */
  readonly isReadOnly: boolean
  readonly state: OverlayState
}

/** What tokens are coloured by, and with which weights that is measured. */
export function OverlayBar(props: OverlayBarProps) {
  const { kind, onKind, checkpoint, onCheckpoint, checkpoints, isReadOnly, state } = props
  const isMeasured = kind !== null && kind !== 'advantage'
  return (
    <Group gap="sm" px={12} py={6} style={{ borderBottom: '1px solid var(--line)' }}>
      <Select
        aria-label="Colour tokens by"
        size="xs"
        w={186}
        allowDeselect={false}
        data={[
          { value: NONE, label: 'tokens not coloured' },
          ...OVERLAYS.map((value) => ({
            value,
            label: `coloured by ${OVERLAY_WORDS[value]}`,
            disabled: isReadOnly && value !== 'advantage',
          })),
        ]}
        comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
        value={kind ?? NONE}
        onChange={(value) => onKind(value === NONE ? null : (value as OverlayKind))}
      />
      {isMeasured && (
        <Select
          aria-label="Weights that are asked"
          size="xs"
          w={150}
          allowDeselect={false}
          data={[
            { value: BASE, label: 'base model' },
            ...checkpoints.map(({ iteration }) => ({ value: String(iteration), label: `weights of it. ${iteration}` })),
          ]}
          value={checkpoint === null ? BASE : String(checkpoint)}
          onChange={(value) => onCheckpoint(value === BASE ? null : Number(value))}
        />
      )}
      {kind !== null && (
        <Text size="xs" className="quiet" role="status">
          {legend(kind, state)}
          {isMeasured && state.status === 'done' && (
            <>
              {' '}
              <span className={classes['scale']} aria-hidden />
            </>
          )}
        </Text>
      )}
    </Group>
  )
}

const LEGENDS: Readonly<Record<Exclude<OverlayKind, 'advantage'>, string>> = {
  probability: 'The darker, the less likely the token was.',
  entropy: 'The darker, the less sure the model was which token follows.',
  divergence: 'The darker, the further from the model before training.',
}

function legend(kind: OverlayKind, state: OverlayState): string {
  if (kind === 'advantage') return 'Blue: the step helped; orange: it hurt.'
  if (state.status === 'failed') return state.error
  if (state.status !== 'loading') return LEGENDS[kind]
  return state.total > 1 ? `Token ${state.done} of ${state.total}…` : 'Loading the models…'
}
