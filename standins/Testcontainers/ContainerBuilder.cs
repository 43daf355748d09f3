using Docker.DotNet.Models;
using SmartCity.NativeServers;

namespace DotNet.Testcontainers.Builders
{
    public abstract class ContainerBuilder<TBuilder, TContainer>
        where TBuilder : ContainerBuilder<TBuilder, TContainer>
    {
        private readonly CreateContainerParameters _parameters = new();
        private readonly List<string> _command = [];
        private int? _hostPort;

        protected int HostPort => _hostPort ?? Ports.Free();

        protected IReadOnlyList<string> Command => _command;

        protected bool StopsByKill => _parameters.StopSignal == "SIGKILL";

        /// <summary>The native server that is installed is used, whatever the image.</summary>
        public TBuilder WithImage(string image) => (TBuilder)this;

        public TBuilder WithCleanUp(bool cleanUp) => (TBuilder)this;

        public TBuilder WithCommand(params string[] command)
        {
            _command.AddRange(command);
            return (TBuilder)this;
        }

        public TBuilder WithPortBinding(int hostPort, int containerPort)
        {
            _hostPort = hostPort;
            return (TBuilder)this;
        }

        public TBuilder WithPortBinding(int port, bool assignRandomHostPort = false)
        {
            _hostPort = assignRandomHostPort ? null : port;
            return (TBuilder)this;
        }

        public TBuilder WithCreateParameterModifier(Action<CreateContainerParameters> parameterModifier)
        {
            ArgumentNullException.ThrowIfNull(parameterModifier);
            parameterModifier(_parameters);
            return (TBuilder)this;
        }

        public abstract TContainer Build();
    }
}

namespace Docker.DotNet.Models
{
    public sealed class CreateContainerParameters
    {
        /// <summary><c>SIGKILL</c> makes every stop a crash, which is how fault tests kill a server.</summary>
        public string StopSignal { get; set; } = "SIGTERM";
    }
}
