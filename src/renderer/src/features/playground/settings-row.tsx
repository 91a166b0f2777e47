import { ActionIcon, Group, NumberInput, Switch, Tooltip } from '@mantine/core'
import { IconDice5 } from '@tabler/icons-react'
import type { Settings } from './choices'

interface SettingsRowProps {
  readonly settings: Settings
  readonly hasChatTemplate: boolean
  readonly onChange: (change: Partial<Settings>) => void
}

interface Field {
  readonly key: 'temperature' | 'topP' | 'topK' | 'maxNewTokens' | 'seed'
  readonly label: string
  readonly help: string
  readonly min: number
  readonly max: number
  readonly step: number
  readonly width: number
}

const FIELDS: readonly Field[] = [
  {
    key: 'temperature',
    label: 'Temperature',
    help: '0 always takes the most likely token; higher is more varied.',
    min: 0,
    max: 10,
    step: 0.1,
    width: 104,
  },
  {
    key: 'topP',
    label: 'Top-p',
    help: 'Sample only from the most likely tokens that together have this probability; 1 is off.',
    min: 0.01,
    max: 1,
    step: 0.05,
    width: 84,
  },
  {
    key: 'topK',
    label: 'Top-k',
    help: 'Sample only from the k most likely tokens; 0 is off.',
    min: 0,
    max: 1e6,
    step: 10,
    width: 84,
  },
  {
    key: 'maxNewTokens',
    label: 'Max new tokens',
    help: 'A longer answer is cut off here.',
    min: 1,
    max: 32768,
    step: 64,
    width: 124,
  },
  {
    key: 'seed',
    label: 'Seed',
    help: 'The same seed gives the same answer again, on both sides.',
    min: 0,
    max: 0xffffffff,
    step: 1,
    width: 110,
  },
]

/** How tokens are drawn, the same for both sides. */
export function SettingsRow({ settings, hasChatTemplate, onChange }: SettingsRowProps) {
  return (
    <Group gap="sm" align="flex-end">
      {FIELDS.map(({ key, label, help, min, max, step, width }) => (
        <Tooltip key={key} label={help}>
          <NumberInput
            label={label}
            w={width}
            min={min}
            max={max}
            step={step}
            allowDecimal={step < 1}
            clampBehavior="strict"
            value={settings[key]}
            onChange={(value) => typeof value === 'number' && onChange({ [key]: value })}
          />
        </Tooltip>
      ))}
      <Tooltip label="Another seed">
        <ActionIcon
          size={30}
          aria-label="Another seed"
          onClick={() => onChange({ seed: Math.floor(Math.random() * 1e6) })}
        >
          <IconDice5 size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip
        label={
          hasChatTemplate
            ? "Wraps the prompt as a user's message, the form the model was trained on."
            : 'Neither model has a chat template.'
        }
      >
        <Switch
          label="Chat template"
          mb={6}
          checked={settings.chatTemplate && hasChatTemplate}
          disabled={!hasChatTemplate}
          onChange={({ currentTarget }) => onChange({ chatTemplate: currentTarget.checked })}
        />
      </Tooltip>
    </Group>
  )
}
