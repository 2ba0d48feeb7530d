// SPDX-License-Identifier: Apache-2.0

/// The words of diskpart in its languages, one a line: what it is, what it means, its language, the word, the evidence.
///
/// The evidence is `seen` for a word that stands in a public capture of real output, with that capture's number in the
/// corpus where it is there, or `unverified` for one that is only known from help texts, documents or translation. A
/// word is given in full: diskpart cuts it to its cell, and the reader expects that. To add a word, add a line and a
/// fixture that holds it.
enum Words {
  static let types = """
    type | partition     | en    | Partition         | seen 001
    type | simple        | en    | Simple            | seen 001
    type | spanned       | en    | Spanned           | seen 001
    type | striped       | en    | Stripe            | seen 001
    type | striped       | en    | Striped           | unverified
    type | mirror        | en    | Mirror            | seen 001
    type | raid5         | *     | RAID-5            | seen 001
    type | removable     | en    | Removable         | seen 011
    type | optical_drive | *     | DVD-ROM           | seen 001
    type | optical_drive | *     | CD-ROM            | seen 023
    type | partition     | zh-CN | 磁盘分区          | seen 021
    type | simple        | zh-CN | 简单              | unverified
    type | spanned       | zh-CN | 跨区              | unverified
    type | striped       | zh-CN | 带区              | unverified
    type | mirror        | zh-CN | 镜像              | unverified
    type | removable     | zh-CN | 可移动            | seen 021
    type | simple        | zh-CN | 简单卷            | unverified
    type | spanned       | zh-CN | 跨区卷            | unverified
    type | striped       | zh-CN | 带区卷            | unverified
    type | mirror        | zh-CN | 镜像卷            | unverified
    type | raid5         | zh-CN | RAID-5 卷         | unverified
    type | partition     | zh-TW | 磁碟分割          | unverified
    type | simple        | zh-TW | 簡單              | unverified
    type | spanned       | zh-TW | 跨距              | unverified
    type | striped       | zh-TW | 等量              | unverified
    type | mirror        | zh-TW | 鏡像              | unverified
    type | removable     | zh-TW | 抽取式            | unverified
    type | removable     | zh-TW | 卸除式            | unverified
    type | partition     | ja    | Partition         | seen 027
    type | simple        | ja    | シンプル          | unverified
    type | spanned       | ja    | スパン            | unverified
    type | striped       | ja    | ストライプ        | unverified
    type | mirror        | ja    | ミラー            | unverified
    type | removable     | ja    | リムーバブル      | seen
    type | partition     | ko    | 파티션            | seen
    type | simple        | ko    | 단순              | unverified
    type | spanned       | ko    | 스팬              | unverified
    type | striped       | ko    | 스트라이프        | unverified
    type | mirror        | ko    | 미러              | unverified
    type | removable     | ko    | 이동식            | unverified
    type | simple        | de    | Einfach           | unverified
    type | spanned       | de    | Übergreifend      | unverified
    type | striped       | de    | Stripeset         | unverified
    type | partition     | de    | Partition         | seen 029
    type | mirror        | de    | Spiegelung        | unverified
    type | mirror        | de    | Gespiegelt        | unverified
    type | mirror        | de    | Spiegel           | unverified
    type | removable     | de    | Wechselmedien     | seen 029
    type | removable     | de    | Wechselmedium     | unverified
    type | partition     | fr    | Partition         | seen 031
    type | simple        | fr    | Simple            | seen 031
    type | spanned       | fr    | Fractionné        | seen 031
    type | striped       | fr    | Agrégé par bandes | unverified
    type | mirror        | fr    | Miroir            | unverified
    type | removable     | fr    | Amovible          | unverified
    type | partition     | es    | Partición         | seen
    type | simple        | es    | Simple            | seen
    type | spanned       | es    | Distribuido       | unverified
    type | striped       | es    | Seccionado        | unverified
    type | mirror        | es    | Reflejar i        | seen
    type | mirror        | es    | Reflejado         | unverified
    type | removable     | es    | Extraíble         | seen 034
    type | partition     | pt-BR | Partição          | unverified
    type | simple        | pt-BR | Simples           | unverified
    type | spanned       | pt-BR | Estendido         | unverified
    type | striped       | pt-BR | Distribuído       | unverified
    type | mirror        | pt-BR | Espelhado         | unverified
    type | removable     | pt-BR | Removível         | unverified
    type | partition     | ru    | Раздел            | seen
    type | simple        | ru    | Простой           | unverified
    type | spanned       | ru    | Составной         | unverified
    type | striped       | ru    | Чередующийся      | unverified
    type | striped       | ru    | Чередующ.         | unverified
    type | mirror        | ru    | Зеркальный        | unverified
    type | mirror        | ru    | Зеркальн.         | unverified
    type | removable     | ru    | Сменный           | unverified
    type | removable     | ru    | Съемный           | unverified
    """

  static let volumeStatuses = """
    volume | healthy           | en    | Healthy      | seen 001
    volume | no_media          | en    | No Media     | seen 001
    volume | failed_redundancy | en    | Failed Rd    | seen 002
    volume | failed            | en    | Failed       | seen
    volume | rebuild           | en    | Rebuild      | unverified
    volume | at_risk           | en    | At Risk      | unverified
    volume | healthy           | zh-CN | 正常         | seen 021
    volume | no_media          | zh-CN | 无媒体       | unverified
    volume | failed            | zh-CN | 失败         | unverified
    volume | failed_redundancy | zh-CN | 失败的冗余   | unverified
    volume | rebuild           | zh-CN | 重新生成     | unverified
    volume | at_risk           | zh-CN | 存在风险     | unverified
    volume | healthy           | zh-TW | 狀況良好     | unverified
    volume | no_media          | zh-TW | 沒有媒體     | unverified
    volume | failed            | zh-TW | 失敗         | unverified
    volume | healthy           | ja    | 正常         | seen 027
    volume | no_media          | ja    | メディアなし | seen 027
    volume | unusable          | ja    | 使用不可     | seen
    volume | failed            | ja    | 失敗         | unverified
    volume | healthy           | ko    | 정상         | seen
    volume | no_media          | ko    | 미디어 없음  | unverified
    volume | failed            | ko    | 실패         | unverified
    volume | healthy           | de    | Fehlerfrei   | seen 029
    volume | no_media          | de    | Kein Medium  | seen 029
    volume | failed            | de    | Fehler       | unverified
    volume | healthy           | fr    | Sain         | seen 031
    volume | no_media          | fr    | 0 média      | seen
    volume | failed            | fr    | Échec        | unverified
    volume | healthy           | es    | Correcto     | seen 034
    volume | no_media          | es    | Sin medio    | seen
    volume | failed            | es    | Error        | seen
    volume | healthy           | pt-BR | Íntegro      | unverified
    volume | no_media          | pt-BR | Sem mídia    | unverified
    volume | failed            | pt-BR | Falha        | unverified
    volume | healthy           | ru    | Исправен     | seen
    volume | no_media          | ru    | Нет носителя | unverified
    volume | failed            | ru    | Ошибка       | unverified
    """

  static let diskStatuses = """
    disk | online   | en    | Online     | seen 001
    disk | offline  | en    | Offline    | seen 004
    disk | missing  | en    | Missing    | seen 002
    disk | foreign  | en    | Foreign    | seen 004
    disk | no_media | en    | No Media   | seen
    disk | online   | zh-CN | 联机       | seen 020
    disk | offline  | zh-CN | 脱机       | seen 020
    disk | foreign  | zh-CN | 外部       | unverified
    disk | missing  | zh-CN | 丢失       | unverified
    disk | no_media | zh-CN | 无媒体     | unverified
    disk | online   | zh-TW | 連線       | seen 026
    disk | offline  | zh-TW | 離線       | unverified
    disk | foreign  | zh-TW | 外部       | unverified
    disk | no_media | zh-TW | 沒有媒體   | unverified
    disk | missing  | zh-TW | 遺失       | unverified
    disk | online   | ja    | オンライン | seen 027
    disk | offline  | ja    | オフライン | unverified
    disk | no_media | ja    | メディアなし | unverified
    disk | foreign  | ja    | 外部       | unverified
    disk | missing  | ja    | 見つかりません | unverified
    disk | online   | ko    | 온라인     | seen 028
    disk | offline  | ko    | 오프라인   | unverified
    disk | foreign  | ko    | 외부       | unverified
    disk | missing  | ko    | 없음       | unverified
    disk | no_media | ko    | 미디어 없음 | unverified
    disk | online   | de    | Online     | seen 030
    disk | offline  | de    | Offline    | unverified
    disk | foreign  | de    | Fremd      | unverified
    disk | missing  | de    | Fehlt      | unverified
    disk | no_media | de    | Kein Medium | unverified
    disk | online   | fr    | En ligne   | seen 031
    disk | offline  | fr    | Hors connexion | unverified
    disk | offline  | fr    | Hors ligne | unverified
    disk | foreign  | fr    | Étranger   | unverified
    disk | missing  | fr    | Manquant   | unverified
    disk | no_media | fr    | 0 média    | unverified
    disk | online   | es    | En línea   | seen 032
    disk | offline  | es    | Sin conexión | unverified
    disk | foreign  | es    | Externo    | unverified
    disk | missing  | es    | Falta      | unverified
    disk | no_media | es    | Sin medio  | unverified
    disk | online   | pt-BR | Online     | seen 035
    disk | offline  | pt-BR | Offline    | unverified
    disk | foreign  | pt-BR | Externo    | unverified
    disk | missing  | pt-BR | Ausente    | unverified
    disk | no_media | pt-BR | Sem mídia  | unverified
    disk | online   | ru    | В сети     | seen 036
    disk | offline  | ru    | Вне сети   | seen 036
    disk | foreign  | ru    | Чужой      | unverified
    disk | missing  | ru    | Отсутствует | unverified
    disk | no_media | ru    | Нет носителя | unverified
    """

  /// Policies as they are printed, and the words that they are made of where no capture shows the whole.
  ///
  /// A text made of nothing but the parts of one language is a policy, in any order. That is safe although most of them
  /// are unverified: only one of the four policies has the words for online and for all in it, whatever the grammar.
  static let policies = """
    policy | online_all       | en    | Online All       | seen 007
    policy | offline_shared   | en    | Offline Shared   | seen 006
    policy | offline_all      | en    | Offline All      | unverified
    policy | offline_internal | en    | Offline Internal | unverified
    policy | online_all       | zh-CN | 全部联机         | seen 020
    part   | online           | zh-CN | 联机             | seen 020
    part   | offline          | zh-CN | 脱机             | unverified as policy, seen 020 as status
    part   | all              | zh-CN | 全部             | seen 020
    part   | shared           | zh-CN | 共享             | unverified
    part   | internal         | zh-CN | 内部             | unverified
    part   | online           | zh-TW | 連線             | unverified as policy, seen 026 as status
    part   | online           | zh-TW | 線上             | unverified
    part   | online           | zh-TW | 上線             | unverified
    part   | offline          | zh-TW | 離線             | unverified
    part   | all              | zh-TW | 全部             | unverified
    part   | shared           | zh-TW | 共用             | unverified
    part   | internal         | zh-TW | 內部             | unverified
    part   | online           | ja    | オンライン       | unverified as policy, seen 027 as status
    part   | offline          | ja    | オフライン       | unverified
    part   | all              | ja    | すべて           | unverified
    part   | shared           | ja    | 共有             | unverified
    part   | internal         | ja    | 内部             | unverified
    part   | online           | ko    | 온라인           | unverified as policy, seen 028 as status
    part   | offline          | ko    | 오프라인         | unverified
    part   | all              | ko    | 모두             | unverified
    part   | shared           | ko    | 공유             | unverified
    part   | internal         | ko    | 내부             | unverified
    part   | online           | de    | Online           | unverified as policy, seen 030 as status
    part   | offline          | de    | Offline          | unverified
    part   | all              | de    | Alle             | unverified
    part   | shared           | de    | Freigegeben      | unverified
    part   | shared           | de    | Freigegebene     | unverified
    part   | internal         | de    | Intern           | unverified
    part   | internal         | de    | Interne          | unverified
    part   | online           | fr    | En ligne         | unverified as policy, seen 031 as status
    part   | offline          | fr    | Hors connexion   | unverified
    part   | offline          | fr    | Hors ligne       | unverified
    part   | all              | fr    | Tous             | unverified
    part   | all              | fr    | Tout             | unverified
    part   | shared           | fr    | Partagé          | unverified
    part   | shared           | fr    | Partagés         | unverified
    part   | internal         | fr    | Interne          | unverified
    part   | internal         | fr    | Internes         | unverified
    part   | online           | es    | En línea         | unverified as policy, seen 032 as status
    part   | offline          | es    | Sin conexión     | unverified
    part   | all              | es    | Todos            | unverified
    part   | all              | es    | Todo             | unverified
    part   | shared           | es    | Compartido       | unverified
    part   | shared           | es    | Compartidos      | unverified
    part   | internal         | es    | Interno          | unverified
    part   | internal         | es    | Internos         | unverified
    part   | online           | pt-BR | Online           | unverified as policy, seen 035 as status
    part   | offline          | pt-BR | Offline          | unverified
    part   | all              | pt-BR | Todos            | unverified
    part   | all              | pt-BR | Tudo             | unverified
    part   | shared           | pt-BR | Compartilhado    | unverified
    part   | shared           | pt-BR | Compartilhados   | unverified
    part   | internal         | pt-BR | Interno          | unverified
    part   | internal         | pt-BR | Internos         | unverified
    part   | online           | ru    | В сети           | unverified as policy, seen 036 as status
    part   | offline          | ru    | Вне сети         | unverified as policy, seen 036 as status
    part   | all              | ru    | Все              | unverified
    part   | shared           | ru    | Общие            | unverified
    part   | shared           | ru    | Общий            | unverified
    part   | internal         | ru    | Внутренние       | unverified
    part   | internal         | ru    | Внутренний       | unverified
    """

  /// Sentences, of which an answer needs to begin with one; blanks and the full stop do not count.
  static let sentences = """
    sentence | policy_changed | en    | DiskPart successfully changed the SAN policy for the current operating system | seen 006
    sentence | policy_changed | zh-CN | DiskPart 已成功更改用于当前操作系统的 SAN 策略 | seen 020
    sentence | error          | en    | DiskPart has encountered an error: | seen 012
    sentence | error          | en    | The arguments specified for this command are not valid. | seen
    sentence | error_follows  | en    | Virtual Disk Service error: | seen
    sentence | error          | zh-CN | 为此命令指定的参数无效。 | seen
    sentence | error          | zh-CN | DiskPart 遇到错误: | unverified
    sentence | error_follows  | zh-CN | 虚拟磁盘服务错误: | seen 021
    sentence | error          | es    | Los argumentos especificados para este comando no son válidos. | seen 034
    sentence | no_volumes     | en    | There are no volumes. | seen
    sentence | no_disks       | en    | There are no fixed disks to show. | seen
    """

  /// Words of rows, titles and banners: they tell the language, the encoding, and a table without ruler.
  static let titles = """
    title | disks   | *     | GPT                     | seen
    title | disks   | *     | Dyn                     | seen
    title | disks   | es    | Din                     | seen 032
    title | disks   | ja    | ダイナ                  | seen 027
    title | disks   | zh-CN | 动态                    | unverified
    title | volumes | en    | Ltr                     | seen
    title | volumes | de    | Bst                     | seen 029
    title | volumes | ru    | Метка                   | seen
    title | volumes | pt-BR | Rótulo                  | unverified
    row   | disks   | en    | Disk                    | seen
    row   | disks   | zh-CN | 磁盘                    | seen 021
    row   | disks   | zh-TW | 磁碟                    | seen 026
    row   | disks   | ja    | ディスク                | seen 027
    row   | disks   | ko    | 디스크                  | seen 028
    row   | disks   | de    | Datenträger             | seen 030
    row   | disks   | fr    | Disque                  | seen 031
    row   | disks   | es    | Disco                   | seen 032
    row   | disks   | pt-BR | Disco                   | seen 035
    row   | disks   | ru    | Диск                    | seen 036
    hint  | any     | en    | Label Size Free Ltr Healthy computer version Disk has Policy | seen
    hint  | any     | zh-CN | 版本 在计算机上 状态 大小 可用 标签 类型 信息 卷 磁盘 磁盘分区 正常 启动 系统 已隐藏 策略 | seen
    hint  | any     | zh-TW | 版本 狀態 大小 可用 標籤 類型 資訊 磁碟 磁碟區 磁碟分割 系統 位移 是所選擇的磁碟 連線 | seen
    hint  | any     | ja    | バージョン コンピューター サイズ 空き 状態 ディスク ミック ダイナ システム ブート が選択されました | seen
    hint  | any     | ko    | 버전 컴퓨터 상태 크기 가능 디스크 볼륨 레이블 형식 정보 파티션 종류 오프셋 부팅 시스템 | seen
    hint  | any     | de    | Auf Datenträger Größe Frei Bst Bezeichnung Typ Fehlerfre Kein Startpar Version | seen
    hint  | any     | fr    | Sur octets ligne disque Disque Taille Libre Statut Nom Sain Démarrag Système Masqué | seen
    hint  | any     | es    | equipo línea En Núm Tamaño Estado Etiqueta Tipo Disp Din Partición versión Correcto Extraíble | seen
    hint  | any     | pt-BR | Nº Tam Livre Tamanho Rótulo Partição Deslocamento computador versão Disponível | seen
    hint  | any     | tr    | Boş Bölüm Tür Durumu Çevrimiçi Çevrimdışı Sağlıklı Önyüklem Önyükleme | unverified
    hint  | any     | pl    | Główny Wolumin Partycja Rozmiar Wolne Dysk Stan Etykieta wersja komputerze | unverified
    hint  | any     | cs    | Svazek Oddíl Velikost Volné Stav Jmenovka verze počítači vybraným | unverified
    hint  | any     | it    | Dimens Dimensione Stato Disp Etichetta Partizione versione selezionato volume | unverified
    hint  | any     | nl    | Schijf Grootte Vrij Naam Partitie Computer geselecteerde versie | unverified
    hint  | any     | sv    | Volym Storlek Ledigt Etikett Enhet datorn markerade | unverified
    hint  | any     | ru    | Диск сети Том Размер Состояние Имя Метка Тип Сведения Исправен Раздел Kбайт Gбайт Mб Gб | seen
    """

  /// Every line of the table.
  static let all = [types, volumeStatuses, diskStatuses, policies, sentences, titles]
}
