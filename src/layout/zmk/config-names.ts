/**
 * Settings of the firmware, by the editor's names for them.
 */

/** Kconfig's symbol for each name of the editor's that isn't the symbol without its `CONFIG_`. */
const SYMBOLS: Readonly<Record<string, string>> = {
  BATTERY_REPORT_INTERVAL_SEC: 'CONFIG_ZMK_BATTERY_REPORT_INTERVAL',
  BEHAVIORS_QUEUE_SIZE: 'CONFIG_ZMK_BEHAVIORS_QUEUE_SIZE',
  BLE_AUTO_PHY_UPDATE: 'CONFIG_BT_AUTO_PHY_UPDATE',
  BLE_BAS: 'CONFIG_BT_BAS',
  BLE_CTLR_PHY_2M: 'CONFIG_BT_CTLR_PHY_2M',
  BLE_DEVICE_NAME_APPEND_SN: 'CONFIG_BT_DEVICE_NAME_APPEND_SN',
  BLE_GATT_AUTO_SEC_REQ: 'CONFIG_BT_GATT_AUTO_SEC_REQ',
  BLE_LL_SW_LLCP: 'CONFIG_BT_LL_SW_LLCP',
  BLE_LL_SW_LLCP_LEGACY: 'CONFIG_BT_LL_SW_LLCP_LEGACY',
  BLE_PASSKEY_ENTRY: 'CONFIG_ZMK_BLE_PASSKEY_ENTRY',
  BLE_SMP_ALLOW_UNAUTH_OVERWRITE: 'CONFIG_BT_SMP_ALLOW_UNAUTH_OVERWRITE',
  BLE_SMP_MIN_ENC_KEY_SIZE: 'CONFIG_BT_SMP_MIN_ENC_KEY_SIZE',
  COMBO_MAX_COMBOS_PER_KEY: 'CONFIG_ZMK_COMBO_MAX_COMBOS_PER_KEY',
  COMBO_MAX_KEYS_PER_COMBO: 'CONFIG_ZMK_COMBO_MAX_KEYS_PER_COMBO',
  COMBO_MAX_PRESSED_COMBOS: 'CONFIG_ZMK_COMBO_MAX_PRESSED_COMBOS',
  DEEP_SLEEP: 'CONFIG_ZMK_SLEEP',
  DEEP_SLEEP_TIMEOUT_MS: 'CONFIG_ZMK_IDLE_SLEEP_TIMEOUT',
  HID_FULL_CONSUMER_REPORT: 'CONFIG_ZMK_HID_CONSUMER_REPORT_USAGES_FULL',
  HID_NKRO: 'CONFIG_ZMK_HID_REPORT_TYPE_NKRO',
  HID_POINTING: 'CONFIG_ZMK_POINTING',
  HID_SEPARATE_MOD_RELEASE_REPORT: 'CONFIG_ZMK_HID_SEPARATE_MOD_RELEASE_REPORT',
  KSCAN_DEBOUNCE_PRESS_MS: 'CONFIG_ZMK_KSCAN_DEBOUNCE_PRESS_MS',
  KSCAN_DEBOUNCE_RELEASE_MS: 'CONFIG_ZMK_KSCAN_DEBOUNCE_RELEASE_MS',
  SETTINGS_SAVE_DEBOUNCE_MS: 'CONFIG_ZMK_SETTINGS_SAVE_DEBOUNCE',
  SPLIT_BLE_PREF_LATENCY: 'CONFIG_ZMK_SPLIT_BLE_PREF_LATENCY',
  USB_LOGGING: 'CONFIG_ZMK_USB_LOGGING',
};

/** Kconfig's symbol for a setting, by the editor's name or by its own. */
export function symbolFor(paramName: string): string {
  if (Object.hasOwn(SYMBOLS, paramName)) return SYMBOLS[paramName] ?? paramName;
  return paramName.startsWith('CONFIG_') ? paramName : `CONFIG_${paramName}`;
}

/** A value as a configuration file says it; nothing if it can't be said there. */
export function configValue(value: string): string | undefined {
  const text = value.trim();
  if (/^(?:[ynm]|-?\d{1,15}|0[xX][\da-fA-F]{1,15})$/.test(text)) return text;
  const bare = /^"(.*)"$/.exec(text)?.[1] ?? text;
  // What Kconfig's strings can hold without being taken for their end or for an escape.
  return bare === '' && text === '' ? undefined : /^[^"\\\p{Cc}\p{Zl}\p{Zp}]*$/u.test(bare) ? `"${bare}"` : undefined;
}
