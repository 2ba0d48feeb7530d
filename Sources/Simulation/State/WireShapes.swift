// SPDX-License-Identifier: Apache-2.0

/// The members of the services' objects, from their API references and the models of the official SDK (3.1.219).
extension WireShape {
  /// IAM: a project ("Querying projects").
  static let project = object("id name domain_id parent_id enabled description is_domain links")

  /// ECS: a server ("Querying details about an ECS").
  static let server = object(
    """
    id name status tenant_id user_id created updated description metadata tags locked progress fault hostId \
    host_status key_name image flavor addresses security_groups accessIPv4 accessIPv6 config_drive \
    enterprise_project_id sys_tags auto_terminate_time capacity_reservation_id capacity_reservation_specification \
    spod_id enclave_options cpu_options security_options hypervisor network_interfaces os:scheduler_hints \
    OS-DCF:diskConfig OS-EXT-AZ:availability_zone OS-EXT-STS:task_state OS-EXT-STS:vm_state OS-EXT-STS:power_state \
    OS-EXT-SRV-ATTR:host OS-EXT-SRV-ATTR:instance_name OS-EXT-SRV-ATTR:hypervisor_hostname OS-EXT-SRV-ATTR:hostname \
    OS-EXT-SRV-ATTR:reservation_id OS-EXT-SRV-ATTR:launch_index OS-EXT-SRV-ATTR:kernel_id \
    OS-EXT-SRV-ATTR:ramdisk_id OS-EXT-SRV-ATTR:root_device_name OS-EXT-SRV-ATTR:user_data OS-SRV-USG:launched_at \
    OS-SRV-USG:terminated_at
    """,
    ["os-extended-volumes:volumes_attached": list(object("id device bootIndex delete_on_termination"))])

  /// ECS: a disk of a server ("Querying disks attached to an ECS").
  static let blockDevice = object("id volumeId serverId bootIndex device pciAddress bus size")

  /// EVS: a disk ("Querying details about a disk").
  static let volume = object(
    """
    id links name status availability_zone source_volid snapshot_id description created_at volume_image_metadata \
    volume_type size consistencygroup_id bootable metadata updated_at encrypted replication_status shareable user_id \
    service_type multiattach dedicated_storage_id dedicated_storage_name tags wwn enterprise_project_id \
    serial_number iops throughput os-vol-host-attr:host os-vol-tenant-attr:tenant_id os-vol-mig-status-attr:migstat \
    os-vol-mig-status-attr:name_id os-volume-replication:extended_status
    """,
    ["attachments": list(object("id attachment_id server_id volume_id device attached_at host_name"))])

  private static let backupMembers = """
    id name description status created_at updated_at protected_at expired_at checkpoint_id image_type parent_id \
    project_id provider_id resource_az resource_id resource_name resource_size resource_type scheduled_operation_id \
    vault_id replication_records enterprise_project_id incremental version
    """
  private static let backupExtension = object(
    """
    auto_trigger bootable snapshot_id support_lld supported_restore_mode contain_system_disk encrypted system_disk \
    is_multi_az
    """, ["os_images_data": list(object("image_id"))])

  /// CBR: a backup ("Querying a specified backup"); its children are backups of disks.
  static let backup = object(
    backupMembers,
    [
      "extend_info": backupExtension,
      "children": list(object(backupMembers + " children", ["extend_info": backupExtension])),
    ])

  /// CBR: somebody a backup is shared with ("Querying share member details").
  static let backupMember = object("id status created_at updated_at backup_id image_id dest_project_id vault_id")

  /// CBR: a vault ("Querying a specified vault").
  static let vault = object(
    """
    id name description project_id provider_id tags enterprise_project_id auto_bind bind_rules user_id created_at \
    auto_expand smn_notify threshold sys_lock_source_service locked availability_zone
    """,
    [
      "billing": object(
        """
        allocated charging_mode cloud_type consistent_level object_type order_id product_id protect_type size \
        spec_code status storage_unit used frozen_scene is_multi_az
        """),
      "resources": list(object("id name type size protect_status extra_info backup_size backup_count auto_protect")),
    ])

  /// CSBS: a backup ("Querying a backup").
  static let checkpointItem = object(
    """
    id name description status created_at updated_at started_at finished_at checkpoint_id resource_id resource_name \
    resource_type project_id plan_id protection_plan backup_data tags resource_az replication_records
    """,
    [
      "extend_info": object(
        """
        auto_trigger average_speed copy_from copy_status fail_code fail_op fail_reason image_type incremental \
        progress resource_az resource_name resource_type size space_saving_ratio supported_restore_mode support_lld \
        taskid hypervisor_type
        """,
        [
          "os_images_data": list(object("image_id")),
          "volume_backups": list(
            object(
              """
              id name status bootable source_volume_id source_volume_size source_volume_name snapshot_id image_type \
              incremental size average_speed space_saving_ratio
              """)),
        ])
    ])

  /// IMS: an image ("Querying images" and "Querying image details").
  static let image = object(
    """
    id name status owner visibility protected container_format disk_format min_disk min_ram max_ram size checksum \
    virtual_size virtual_env_type created_at updated_at active_at tags self schema file enterprise_project_id \
    hw_firmware_type hw_vif_multiqueue_enabled os_shutdown_timeout __account_code __architecture __backup_id \
    __data_origin __description __image_displayname __image_location __image_size __image_source_type __imagetype \
    __is_config_init __is_offshelved __isregistered __lazyloading __originalimagename __os_bit __os_feature_list \
    __os_type __os_version __platform __productcode __root_origin __sequence_num __support_agent_list __support_amd \
    __support_arm __support_diskintensive __support_fc_inject __support_highperformance __support_kvm \
    __support_kvm_gpu_type __support_kvm_hi1822_hisriov __support_kvm_hi1822_hivirtionet __support_kvm_infiniband \
    __support_largememory __support_xen __support_xen_gpu_type __support_xen_hana __system__cmkid \
    __system_support_market __whole_image
    """)

  /// IMS: somebody an image is shared with ("Querying image member details").
  static let imageMember = object("image_id member_id status created_at updated_at schema member_type urn vault_id")
}
