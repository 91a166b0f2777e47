/** Finds any setting by its name, its symbol, or the name another tool gives it. */
import { Group, Select, Text } from '@mantine/core'
import { isApplicable, type PlanDraft } from '@shared/plan/draft'
import { DESCRIBED_LEAVES, type DescribedLeaf, describedById, matchScore } from '@shared/plan/fields'
import { hasEffect } from '@shared/plan/relevance'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { showSetting, usePlanForm } from './form'

const MOST = 12

/** Which other choice a setting needs, if it is not made. */
function missingFor(draft: PlanDraft, { leaf }: DescribedLeaf): string | null {
  if (hasEffect(draft, leaf)) return null
  if (isApplicable(draft, leaf)) return 'no effect in this plan'
  if (leaf.variant === null) return 'with evaluation data'
  const choice = describedById(`${leaf.path.split('.')[0]}.kind`)
  return `with ${choice.options?.[leaf.variant] ?? leaf.variant}`
}

interface SearchBoxProps {
  /** Switches to the advanced form for settings that the simple form does not show. */
  readonly onFound: (setting: DescribedLeaf) => void
}

export function SearchBox({ onFound }: SearchBoxProps) {
  const { draft } = usePlanForm()
  const [text, setText] = useState('')
  const found = DESCRIBED_LEAVES.map((setting) => {
    const isUsable = hasEffect(draft, setting.leaf)
    return { setting, isUsable, score: matchScore(setting, text) + (isUsable ? 0.5 : 0) }
  })
    .filter(({ setting }) => matchScore(setting, text) > 0)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, text === '' ? DESCRIBED_LEAVES.length : MOST)
  return (
    <Select
      aria-label="Find a setting"
      placeholder="Find a setting: lr, β, kl_coef …"
      leftSection={<IconSearch size={14} />}
      rightSection={<span />}
      w={230}
      searchable
      value={null}
      searchValue={text}
      onSearchChange={setText}
      data={found.map(({ setting, isUsable }) => ({
        value: setting.leaf.id,
        label: setting.label,
        disabled: !isUsable,
      }))}
      filter={({ options }) => options}
      maxDropdownHeight={380}
      comboboxProps={{ width: 380, position: 'bottom-start' }}
      nothingFoundMessage="No setting matches"
      renderOption={({ option }) => {
        const setting = describedById(String(option.value))
        const missing = missingFor(draft, setting)
        return (
          <Group justify="space-between" wrap="nowrap" gap="sm" w="100%">
            <Text size="sm" className="clip">
              {setting.label} <span className="quiet">{setting.symbol}</span>
            </Text>
            <Text size="xs" className="quiet clip">
              {missing ?? setting.path}
            </Text>
          </Group>
        )
      }}
      onChange={(id) => {
        if (id === null) return
        const setting = describedById(id)
        setText('')
        onFound(setting)
        showSetting(setting)
      }}
    />
  )
}
