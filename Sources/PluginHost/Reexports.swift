// What an application needs to name, by `import PluginHost` alone.
@_exported public import struct Compatibility.Finding
@_exported public import struct Compatibility.GatePolicy
@_exported public import struct Compatibility.GateReport
@_exported public import struct Compatibility.HostFacts
@_exported public import struct Compatibility.HostPolicy
@_exported public import typealias Compatibility.HostPolicyError
@_exported public import struct Compatibility.ImageID
@_exported public import struct Compatibility.LineError
@_exported public import struct Compatibility.SemanticVersion
@_exported public import struct Compatibility.TypeConflict
@_exported public import enum Compatibility.UnloadClass
@_exported public import struct Compatibility.VersionRange
@_exported public import struct PluginRegistry.ArmKey
@_exported public import struct PluginRegistry.Binding
@_exported public import enum PluginRegistry.BindingError
@_exported public import struct PluginRegistry.Lease
@_exported public import struct PluginRegistry.Pinned
