/** The objectives, one card each. */
import { Anchor, Box, Group, Radio, Text } from '@mantine/core'
import { ObjectiveDiagram } from '@renderer/components/objective-diagram'
import { METHODS } from '@shared/help/methods'
import { describedById } from '@shared/plan/fields'
import type { ObjectiveKind } from '@shared/schemas/plan'
import { settingElementId, usePlanForm } from './form'
import classes from './new-run.module.css'
import { SettingIssues } from './setting'

/** What each learns from; in the order they are shown. */
const NEEDS: Readonly<Record<ObjectiveKind, string>> = {
  ppo: 'rewards',
  grpo: 'rewards',
  rloo: 'rewards',
  dpo: 'pairs',
  kto: 'labels',
  simpo: 'pairs',
  orpo: 'pairs',
  sft: 'completions',
  collect: 'no training',
}

const KINDS = Object.keys(NEEDS) as ObjectiveKind[]

const isKind = (value: string | null): value is ObjectiveKind => KINDS.some((kind) => kind === value)

export function ObjectiveCards() {
  const { draft, set } = usePlanForm()
  const { label, options = {} } = describedById('objective.kind')
  const value = typeof draft['objective.kind'] === 'string' ? draft['objective.kind'] : null
  return (
    <Box id={settingElementId('objective.kind')}>
      <Radio.Group aria-label={label} value={value} onChange={(kind) => set('objective.kind', kind)}>
        <Box className={classes.cards}>
          {KINDS.map((kind) => (
            <Radio.Card key={kind} value={kind} className={classes.card ?? ''} withBorder={false}>
              <Group justify="space-between" wrap="nowrap" mb={4}>
                <Text fw={600} size="md">
                  {options[kind]}
                </Text>
                <Text size="xs" className="quiet">
                  {NEEDS[kind]}
                </Text>
              </Group>
              <ObjectiveDiagram kind={kind} {...(classes.diagram ? { className: classes.diagram } : {})} />
              <Text size="xs" mt={6} className="quiet">
                {METHODS[kind].what}
              </Text>
            </Radio.Card>
          ))}
        </Box>
      </Radio.Group>
      {isKind(value) && (
        <Anchor size="xs" href={`#/help/${value}`}>
          The formula of {options[value]}, and when to use it
        </Anchor>
      )}
      <SettingIssues path="objective.kind" />
    </Box>
  )
}
