import { describe, expect, test } from 'bun:test';
import type { GroupId } from '../../config/ids.ts';
import { groupSettings } from '../../config/settings.ts';
import { resolveSettings, type SettingRow } from './effective-settings.ts';

function row(name: string, value: string, priority: number): SettingRow {
  return { name, value, priority, groupId: `group-${priority}` as GroupId, groupName: `Group ${priority}` };
}

describe('the settings that hold for a user', () => {
  test('nobody says anything: the locked-down fallbacks', () => {
    const { settings, provenance } = resolveSettings([]);
    const fallbacks = Object.fromEntries(
      Object.entries(groupSettings).map(([name, kind]) => [name, kind.fallback]),
    );
    expect(settings).toEqual(fallbacks as typeof settings);
    expect(settings.allow_kasm_clipboard_up).toBe(false);
    expect(provenance).toEqual({});
  });

  test('the group with the lowest priority number decides, in whatever order the rows come', () => {
    const rows = [
      row('allow_kasm_clipboard_up', 'True', 1000),
      row('allow_kasm_clipboard_up', 'False', 20),
      row('allow_kasm_clipboard_up', 'True', 30),
    ];
    for (const order of [rows, rows.toReversed(), [rows[1], rows[0], rows[2]] as SettingRow[]]) {
      const { settings, provenance } = resolveSettings(order);
      expect(settings.allow_kasm_clipboard_up).toBe(false);
      expect(provenance.allow_kasm_clipboard_up).toEqual({
        groupId: 'group-20' as GroupId,
        groupName: 'Group 20',
        priority: 20,
      });
    }
  });

  test('each setting is decided by itself', () => {
    const { settings, provenance } = resolveSettings([
      row('allow_kasm_clipboard_up', 'True', 1000),
      row('allow_kasm_clipboard_down', 'True', 1000),
      row('allow_kasm_clipboard_down', 'False', 5),
      row('max_kasms_per_user', '2', 1000),
    ]);
    expect(settings).toMatchObject({
      allow_kasm_clipboard_up: true,
      allow_kasm_clipboard_down: false,
      max_kasms_per_user: 2,
    });
    expect(provenance.max_kasms_per_user?.priority).toBe(1000);
  });

  test('a value nobody can read is the fallback, and still hides weaker groups', () => {
    const { settings, provenance } = resolveSettings([
      row('allow_kasm_clipboard_up', 'perhaps', 5),
      row('allow_kasm_clipboard_up', 'True', 1000),
    ]);
    expect(settings.allow_kasm_clipboard_up).toBe(false);
    expect(provenance.allow_kasm_clipboard_up?.priority).toBe(5);
  });

  test('a setting of a later version is left alone', () => {
    const { settings } = resolveSettings([row('allow_time_travel', 'True', 5)]);
    expect(Object.keys(settings)).not.toContain('allow_time_travel');
  });
});
