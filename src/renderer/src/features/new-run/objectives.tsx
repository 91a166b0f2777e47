/** The objectives, one card each. */
import { Box, Group, Radio, Text } from '@mantine/core'
import { describedById } from '@shared/plan/fields'
import type { ObjectiveKind } from '@shared/schemas/plan'
import { ObjectiveDiagram } from './diagrams'
import { settingElementId, usePlanForm } from './form'
import classes from './new-run.module.css'
import { SettingIssues } from './setting'

interface Card {
  readonly needs: string
  readonly sentence: string
}

/** In the order they are shown. */
const CARDS: Readonly<Record<ObjectiveKind, Card>> = {
  ppo: { needs: 'rewards', sentence: 'Compares each token’s outcome with what a trained value function predicted.' },
  grpo: {
    needs: 'rewards',
    sentence: 'Compares each answer’s reward with the mean of all answers to the same prompt.',
  },
  rloo: {
    needs: 'rewards',
    sentence: 'Compares each answer’s reward with the mean of the other answers: the plainest unbiased gradient.',
  },
  dpo: { needs: 'pairs', sentence: 'Prefers the correct answer of a pair, relative to a reference model.' },
  kto: { needs: 'labels', sentence: 'Learns from single answers, correct or incorrect; they need not be paired.' },
  simpo: {
    needs: 'pairs',
    sentence: 'Prefers the correct answer of a pair by a margin per token; no reference model.',
  },
  orpo: { needs: 'pairs', sentence: 'Imitates the correct answer and raises its odds over the incorrect one.' },
  sft: { needs: 'completions', sentence: 'Imitates given completions, token by token; samples nothing.' },
}

const KINDS = Object.keys(CARDS) as ObjectiveKind[]

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
                  {CARDS[kind].needs}
                </Text>
              </Group>
              <ObjectiveDiagram kind={kind} {...(classes.diagram ? { className: classes.diagram } : {})} />
              <Text size="xs" mt={6} className="quiet">
                {CARDS[kind].sentence}
              </Text>
            </Radio.Card>
          ))}
        </Box>
      </Radio.Group>
      <SettingIssues path="objective.kind" />
    </Box>
  )
}
